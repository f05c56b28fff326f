import { en } from './en.js';

export const de: Record<keyof typeof en, string> = { ...en };
