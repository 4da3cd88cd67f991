// What makes /me easier where scripts run: a map to click on, photos shown and made smaller, a draft that survives a reload.
const SVG = 'http://www.w3.org/2000/svg'
const WIDTH = 1000
const DRAFT = 'hotline.request'
const KEPT = ['text', 'address', 'lat', 'lon', 'name', 'phone']
const LARGEST_SIDE = 1600
const LARGE_FILE = 1_000_000

function drawn(name, attributes) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  return element
}

async function asked(path) {
  const answer = await fetch(path)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return answer.json()
}

// Degrees to the picture and back; a degree of longitude is shorter than one of latitude.
function projection([west, south, east, north]) {
  const shrink = Math.cos(((south + north) / 2) * (Math.PI / 180))
  const scale = WIDTH / ((east - west) * shrink)
  return {
    height: (north - south) * scale,
    to: ([lon, lat]) => [(lon - west) * shrink * scale, (north - lat) * scale],
    from: ([x, y]) => [west + x / scale / shrink, north - y / scale],
  }
}

class PlaceMap {
  constructor(box, form) {
    this.box = box
    this.form = form
    this.filled = ''
    this.line = document.createElement('p')
    this.line.className = 'hint'
    this.line.setAttribute('role', 'status')
    this.back = document.createElement('button')
    this.back.type = 'button'
    this.back.className = 'plain'
    this.back.textContent = '看全市'
    this.back.addEventListener('click', () => this.show(''))
  }

  async show(district) {
    const level = district ? `street&district=${encodeURIComponent(district)}` : 'district'
    const map = await asked(`/api/v1/city/map?level=${level}`)
    this.district = district
    this.scale = projection(map.bbox)
    // No picture for a screen reader: the address says the same.
    this.svg = drawn('svg', { viewBox: `0 0 ${WIDTH} ${Math.ceil(this.scale.height)}`, 'aria-hidden': 'true' })
    for (const one of map.features) this.draw(one)
    this.back.hidden = !district
    this.say(district ? '请点击事情发生的地点。' : '也可以在地图上选：先点区县，再点地点。')
    this.box.replaceChildren(this.line, this.svg, this.back)
    this.box.hidden = false
    this.pin()
  }

  draw(feature) {
    const rings = feature.geometry.coordinates.flat()
    const d = rings.map((ring) => `M${ring.map((at) => this.scale.to(at).map((n) => n.toFixed(1)).join(' ')).join('L')}Z`)
    const path = drawn('path', { d: d.join(''), 'data-code': feature.id })
    path.addEventListener('click', (event) => this.click(event, feature.id))
    const [x, y] = this.scale.to(feature.properties.center)
    const label = drawn('text', { x, y, 'font-size': 34 })
    label.textContent = feature.properties.name
    this.svg.prepend(path)
    this.svg.append(label)
  }

  async click(event, code) {
    if (!this.district) return this.show(code)
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse())
    const [lon, lat] = this.scale.from([x, y])
    this.form.elements.lon.value = lon.toFixed(6)
    this.form.elements.lat.value = lat.toFixed(6)
    this.pin()
    const found = await asked(`/api/v1/places/at?lat=${lat.toFixed(6)}&lon=${lon.toFixed(6)}`)
    const near = found.nearest ? `${found.nearest.name}附近` : ''
    const words = [found.district?.name, found.street?.name, found.community, near].filter(Boolean).join('')
    this.say(`已选地点：${words}`)
    const { address } = this.form.elements
    // What somebody has written is better than what we know of the point.
    if (!address.value || address.value === this.filled) address.value = this.filled = words
    this.form.dispatchEvent(new Event('input'))
  }

  pin() {
    this.svg.querySelector('circle')?.remove()
    const { lat, lon } = this.form.elements
    if (!lat.value || !lon.value) return
    const [cx, cy] = this.scale.to([Number(lon.value), Number(lat.value)])
    this.svg.append(drawn('circle', { cx, cy, r: 14, 'stroke-width': 4 }))
  }

  say(words) {
    this.line.textContent = words
  }
}

async function smaller(file) {
  if (file.size < LARGE_FILE) return file
  const picture = await createImageBitmap(file)
  const ratio = Math.min(1, LARGEST_SIDE / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(picture.width * ratio)
  canvas.height = Math.round(picture.height * ratio)
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.85))
  return new File([blob], file.name.replace(/\.\w+$/, '.jpg'), { type: 'image/jpeg' })
}

async function preview(input) {
  const shown = input.parentElement.querySelector('[data-shown]')
  const chosen = [...input.files]
  try {
    const list = new DataTransfer()
    for (const file of chosen) list.items.add(await smaller(file))
    input.files = list.files
  } catch {
    // The hub says what is wrong with a file that no browser can draw.
  }
  shown.replaceChildren(
    ...chosen.map((file) => {
      const image = new Image()
      image.src = URL.createObjectURL(file)
      image.alt = `已选照片：${file.name}`
      return image
    }),
  )
}

function keepDraft(form) {
  const draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? '{}')
  for (const name of KEPT) form.elements[name].value ||= draft[name] ?? ''
  form.addEventListener('input', () => {
    sessionStorage.setItem(DRAFT, JSON.stringify(Object.fromEntries(KEPT.map((name) => [name, form.elements[name].value]))))
  })
}

// A second click while the first is under way sends nothing; back in the history the button works again.
function sendOnce(form) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = 'yes'
  })
  window.addEventListener('pageshow', () => delete form.dataset.sent)
}

const form = document.querySelector('form[data-draft]')
if (form) {
  keepDraft(form)
  const box = form.querySelector('[data-map]')
  // Without the map the address is enough.
  new PlaceMap(box, form).show('').catch(() => (box.hidden = true))
}
for (const one of document.querySelectorAll('form[method=post]')) sendOnce(one)
for (const input of document.querySelectorAll('[data-photos]')) input.addEventListener('change', () => preview(input))
if (document.querySelector('[data-received]')) sessionStorage.removeItem(DRAFT)
const print = document.querySelector('[data-print]')
if (print) {
  print.hidden = false
  print.addEventListener('click', () => window.print())
}
document.getElementById('faults')?.focus()
