import type { Milliseconds } from '../../../base/clock.js';
import type {
  DeviceListUpdateEdu,
  DirectToDeviceEdu,
  PresenceEdu,
  ReceiptEdu,
  SigningKeyUpdateEdu,
  TypingEdu,
} from '../../../spec/edu.js';

/** What the EDUs that this server knows hold. */
export interface EduContents {
  readonly 'm.typing': TypingEdu;
  readonly 'm.receipt': ReceiptEdu;
  readonly 'm.presence': PresenceEdu;
  readonly 'm.device_list_update': DeviceListUpdateEdu;
  readonly 'm.signing_key_update': SigningKeyUpdateEdu;
  readonly 'm.direct_to_device': DirectToDeviceEdu;
}

export type EduType = keyof EduContents;

/** An EDU for other servers. */
export type OutgoingEdu = {
  readonly [T in EduType]: {
    readonly type: T;
    readonly content: EduContents[T];
    /** takes the place of one with the same key that has not been sent to the same server yet */
    readonly key?: string;
    /** how long it may wait for others to go with it; 0 unless said */
    readonly patience?: Milliseconds;
  };
}[EduType];
