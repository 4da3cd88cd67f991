import { Guide } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/dispatch', name: 'dispatch', title: 'desk.title', component: () => import('./DispatchPage.vue'), needs: 'POST /api/v1/desk/next', menu: { group: 'work', order: 20, icon: Guide } },
]
