import { DataAnalysis } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/board', name: 'board', title: 'board.title', component: () => import('./BoardPage.vue'), needs: 'GET /api/v1/backlog/overdue', menu: { group: 'watch', order: 10, icon: DataAnalysis } },
  { path: '/board/overdue', name: 'board-overdue', title: 'board.overdue.title', component: () => import('./OverduePage.vue'), needs: 'GET /api/v1/backlog/overdue' },
]
