import { statfs } from 'node:fs/promises';

/** Programs that copy files to elsewhere while a database writes them. */
const SYNCED =
  /(?:^|[\\/])(?:OneDrive[^\\/]*|Dropbox[^\\/]*|iCloud ?Drive|Mobile Documents|Google ?Drive|Nextcloud|Syncthing|pCloud[^\\/]*|MEGA)(?:[\\/]|$)/i;
/** `f_type` of file systems of other machines: NFS, SMB, SMB2, CIFS, AFS, 9P, Ceph. */
const NETWORK_TYPES = new Set([0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x5346414f, 0x01021997, 0x00c36400]);

/** Whether a program copies what is in a folder to elsewhere, to judge by its path. */
export const isSyncedFolder = (folder: string): boolean => SYNCED.test(folder);

/** @param type `f_type`, as the system tells it of a disk */
export const isNetworkType = (type: number): boolean => NETWORK_TYPES.has(type);

/** Whether a folder is on another machine's disk. @throws what the system says of the folder */
export const isNetworkDisk = async (folder: string): Promise<boolean> => isNetworkType((await statfs(folder)).type);
