import { Suitcase } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/handling', name: 'handling', title: 'handling.title', component: () => import('./HandlingPage.vue'), needs: 'GET /api/v1/assignments', menu: { group: 'work', order: 30, icon: Suitcase } },
]
