import { WarningFilled } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/incidents', name: 'incidents', title: 'incidents.title', component: () => import('./IncidentsPage.vue'), needs: 'GET /api/v1/prompts', menu: { group: 'watch', order: 30, icon: WarningFilled } },
  { path: '/incidents/:incident', name: 'incident', title: 'incidents.title', component: () => import('./IncidentPage.vue'), needs: 'GET /api/v1/incidents/{incident}' },
]
