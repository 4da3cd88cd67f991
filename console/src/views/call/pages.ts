import { Headset } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/call', name: 'call', title: 'call.title', component: () => import('./CallPage.vue'), needs: 'GET /api/v1/seat', menu: { group: 'work', order: 10, icon: Headset } },
]
