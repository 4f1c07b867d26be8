import { isCode } from './atomic-file.ts';

/** Whether a process with this id exists, whoever owns it. */
export const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
};
