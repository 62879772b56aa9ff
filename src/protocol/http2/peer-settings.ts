import {
  Http2Error,
  initialMaxFrameBytes,
  initialWindowBytes,
  maxWindowBytes,
  Setting,
} from './frame-codes.ts';

const pairBytes = 6;
/** In one frame; each is looked at. Default of node:http2. */
const maxPairs = 32;
const maxFrameBytesLimit = 2 ** 24 - 1;

/** The settings of a peer (RFC 9113 §6.5.2), as far as they matter to whom it talks to. */
export class PeerSettings {
  /** They have come. */
  isKnown = false;
  headerTableBytes = 4096;
  windowBytes: number = initialWindowBytes;
  maxFrameBytes: number = initialMaxFrameBytes;
  maxConcurrentStreams: number = Number.POSITIVE_INFINITY;
  readonly #maxEnablePush: number;

  /** @param mayEnablePush it is a client, who may ask for what we never do */
  constructor(mayEnablePush: boolean) {
    this.#maxEnablePush = mayEnablePush ? 1 : 0;
  }

  /** Takes the pairs at `start` to `end`. Returns the error code of a setting that is wrong, else NO_ERROR. */
  read(bytes: Buffer, start: number, end: number): number {
    this.isKnown = true;
    if (end - start > maxPairs * pairBytes) return Http2Error.ENHANCE_YOUR_CALM;
    for (let at = start; at < end; at += pairBytes) {
      const error = this.#set(bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2));
      if (error !== Http2Error.NO_ERROR) return error;
    }
    return Http2Error.NO_ERROR;
  }

  #set(id: number, value: number): number {
    switch (id) {
      case Setting.HEADER_TABLE_SIZE:
        this.headerTableBytes = value;
        break;
      case Setting.ENABLE_PUSH:
        if (value > this.#maxEnablePush) return Http2Error.PROTOCOL_ERROR;
        break;
      case Setting.MAX_CONCURRENT_STREAMS:
        this.maxConcurrentStreams = value;
        break;
      case Setting.INITIAL_WINDOW_SIZE:
        if (value > maxWindowBytes) return Http2Error.FLOW_CONTROL_ERROR;
        this.windowBytes = value;
        break;
      case Setting.MAX_FRAME_SIZE:
        if (value < initialMaxFrameBytes || value > maxFrameBytesLimit) return Http2Error.PROTOCOL_ERROR;
        this.maxFrameBytes = value;
        break;
      default:
    }
    return Http2Error.NO_ERROR;
  }
}
