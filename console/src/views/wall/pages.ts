import { Monitor } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/wall', name: 'wall', title: 'wall.title', component: () => import('./WallPage.vue'), needs: 'GET /api/v1/backlog/ground', menu: { group: 'watch', order: 12, icon: Monitor }, bare: true },
]
