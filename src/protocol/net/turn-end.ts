/** Something with work to do at the end of a turn of the event loop. */
export interface TurnTask {
  onTurnEnd(): void;
}

/** So many wait at most: the first of a long turn must not wait for the last. */
const maxTasks = 64;

let tasks: TurnTask[] = [];
let emptyTasks: TurnTask[] = [];
let isScheduled = false;

/**
 * Calls the task back once all sockets that were ready in this turn of the event loop have been read, or when
 * {@link maxTasks} wait. For writes: the peer that the first one wakes is still awake for the others, and each
 * wake-up of an idle core costs the writer more than the write itself. At low load a turn holds one request, and
 * nothing is delayed. Like `process.nextTick`, there is one queue for the event loop.
 */
export function atTurnEnd(task: TurnTask): void {
  tasks.push(task);
  if (tasks.length === maxTasks) runTasks();
  else if (!isScheduled) {
    isScheduled = true;
    setImmediate(endTurn);
  }
}

function endTurn(): void {
  isScheduled = false;
  runTasks();
}

function runTasks(): void {
  const due = tasks;
  tasks = emptyTasks;
  for (const task of due) task.onTurnEnd();
  due.length = 0;
  emptyTasks = due;
}
