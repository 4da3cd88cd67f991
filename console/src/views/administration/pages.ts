import { Bell, Collection, Cpu, OfficeBuilding, Phone, Promotion, Timer, UserFilled } from '@element-plus/icons-vue'
import type { Page } from '@/router'

const menu = (order: number, icon: typeof Bell): Page['menu'] => ({ group: 'manage', order, icon })

export const pages: Page[] = [
  { path: '/users', name: 'users', title: 'administration.users.title', component: () => import('./UsersPage.vue'), needs: 'GET /api/v1/users', menu: menu(10, UserFilled) },
  { path: '/departments', name: 'departments', title: 'administration.departments.title', component: () => import('./DepartmentsPage.vue'), needs: 'PUT /api/v1/departments/{code}/endpoint', menu: menu(20, OfficeBuilding) },
  { path: '/deliveries', name: 'deliveries', title: 'administration.deliveries.title', component: () => import('./DeliveriesPage.vue'), needs: 'GET /api/v1/deliveries', menu: menu(30, Bell) },
  { path: '/catalogue', name: 'catalogue', title: 'administration.catalogue.title', component: () => import('./CataloguePage.vue'), needs: 'GET /api/v1/catalogue', menu: menu(40, Collection) },
  { path: '/auto-dispatch', name: 'auto-dispatch', title: 'administration.auto.title', component: () => import('./AutoDispatchPage.vue'), needs: 'PUT /api/v1/auto-dispatch/{category}', menu: menu(50, Promotion) },
  { path: '/rules', name: 'rules', title: 'administration.rules.title', component: () => import('./RulesPage.vue'), needs: 'GET /api/v1/policies', menu: menu(60, Timer) },
  // Of the models everybody may ask; the page also shows their guarantee, which is for the hotline alone.
  { path: '/models', name: 'models', title: 'administration.models.title', component: () => import('./ModelsPage.vue'), needs: 'GET /api/v1/auto-dispatch', menu: menu(70, Cpu) },
  { path: '/lines', name: 'lines', title: 'administration.lines.title', component: () => import('./LinesPage.vue'), needs: 'GET /api/v1/lines/figures', menu: menu(80, Phone) },
]
