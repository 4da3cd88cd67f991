/** 双人复核: nothing is done before a second person has signed. */
import { ElMessage } from 'element-plus'
import type { Schemas } from '@/api/client'

/** Tell whether an answer says that an act waits for a second person, and say it in the hub's words. */
export function saidToWait(answer: { waits?: Schemas['StepAnswer']['waits'] }): boolean {
  if (!answer.waits) return false
  ElMessage({ type: 'warning', message: answer.waits.told, duration: 8000, showClose: true })
  return true
}
