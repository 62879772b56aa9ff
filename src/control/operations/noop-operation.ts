/** The operation of a change that there was nothing to do for. Source: Service Usage. */
export const noopOperationName = 'operations/noop.DONE_OPERATION';
