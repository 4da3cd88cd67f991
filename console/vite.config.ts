import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import elementPlus from 'unplugin-element-plus/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vite'

const hub = process.env.HOTLINE_URL ?? 'http://127.0.0.1:8345'

export default defineConfig({
  plugins: [
    vue(),
    components({ dirs: ['src/components'], dts: 'src/components.d.ts', resolvers: [ElementPlusResolver({ importStyle: 'css' })] }),
    elementPlus({}),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: { outDir: '../build/console', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 900, reportCompressedSize: false },
  // While developing, the hub is asked as if the page came from it: it refuses writes from other origins.
  server: { proxy: { '/api': { target: hub, ws: true, changeOrigin: true, headers: { origin: hub } } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'], isolate: false },
} as Parameters<typeof defineConfig>[0])
