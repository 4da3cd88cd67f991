import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': { exports: { title: '导出记录', own: '自己导出的清单；文件按规定期限保存，过期删除，记录保留', all: '谁在何时导出了什么；文件只有导出人本人能下载' } },
  en: { exports: { title: 'Exports', own: 'Lists that you took away; files are dropped after a while, the lines stay', all: 'Who took away what and when; only who asked for a file can fetch it' } },
}
export default words
