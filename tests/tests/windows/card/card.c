// Stand-ins for dxgi.dll and d3d11.dll under Wine, which has no Desktop Duplication: the calls that the agent makes, served by GDI. They show that
// our side of them is right: tables, structures, order, lengths. What a graphics driver really does they do not show. One source, both
// libraries. With a file C:\lie the screen is black.
#define CINTERFACE
#include <initguid.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
#include <d3d11.h>
#include <dxgi1_2.h>

static ULONG STDMETHODCALLTYPE held(void *self) { (void)self; return 1; }

typedef struct { void *vtbl; UINT w, h, pitch; BYTE *bits; } Tex;
static HRESULT STDMETHODCALLTYPE tex_query(void *self, REFIID id, void **out) {
    if (IsEqualGUID(id, &IID_ID3D11Texture2D)) { *out = self; return S_OK; }
    *out = NULL; return E_NOINTERFACE;
}
static void STDMETHODCALLTYPE tex_desc(ID3D11Texture2D *self, D3D11_TEXTURE2D_DESC *d) {
    Tex *t = (Tex *)self;
    memset(d, 0, sizeof *d);
    d->Width = t->w; d->Height = t->h; d->MipLevels = d->ArraySize = 1; d->Format = DXGI_FORMAT_B8G8R8A8_UNORM; d->SampleDesc.Count = 1;
}
static ID3D11Texture2DVtbl tex_vtbl = { .QueryInterface = (void *)tex_query, .AddRef = (void *)held, .Release = (void *)held, .GetDesc = tex_desc };
static Tex *tex(UINT w, UINT h, UINT gap) {
    Tex *t = calloc(1, sizeof *t);
    t->vtbl = &tex_vtbl; t->w = w; t->h = h; t->pitch = w * 4 + gap; t->bits = calloc(h, t->pitch);
    return t;
}

// d3d11
static HRESULT STDMETHODCALLTYPE make(ID3D11Device *self, const D3D11_TEXTURE2D_DESC *d, const D3D11_SUBRESOURCE_DATA *data, ID3D11Texture2D **out) {
    (void)self; (void)data;
    if (d->Usage != D3D11_USAGE_STAGING || d->CPUAccessFlags != D3D11_CPU_ACCESS_READ || d->Format != DXGI_FORMAT_B8G8R8A8_UNORM) return E_INVALIDARG;
    *out = (ID3D11Texture2D *)tex(d->Width, d->Height, 64);
    memset(((Tex *)*out)->bits, 0xab, ((Tex *)*out)->pitch * d->Height);
    return S_OK;
}
static HRESULT STDMETHODCALLTYPE map(ID3D11DeviceContext *self, ID3D11Resource *r, UINT sub, D3D11_MAP type, UINT flags, D3D11_MAPPED_SUBRESOURCE *m) {
    (void)self; Tex *t = (Tex *)r;
    if (sub || type != D3D11_MAP_READ || flags) return E_INVALIDARG;
    m->pData = t->bits; m->RowPitch = t->pitch; m->DepthPitch = 0;
    return S_OK;
}
static void STDMETHODCALLTYPE unmap(ID3D11DeviceContext *self, ID3D11Resource *r, UINT sub) { (void)self; (void)r; (void)sub; }
static void STDMETHODCALLTYPE copy(ID3D11DeviceContext *self, ID3D11Resource *to, UINT a, UINT x, UINT y, UINT z, ID3D11Resource *from, UINT b, const D3D11_BOX *box) {
    (void)self; (void)a; (void)b; (void)z;
    Tex *t = (Tex *)to, *f = (Tex *)from;
    if (box->right > f->w || box->bottom > f->h || box->front != 0 || box->back != 1) { fprintf(stderr, "mock: wild box\n"); return; }
    for (UINT row = box->top; row < box->bottom; row++)
        memcpy(t->bits + (y + row - box->top) * t->pitch + x * 4, f->bits + row * f->pitch + box->left * 4, (box->right - box->left) * 4);
}
static ID3D11DeviceVtbl device_vtbl = { .AddRef = (void *)held, .Release = (void *)held, .CreateTexture2D = make };
static ID3D11DeviceContextVtbl context_vtbl = { .AddRef = (void *)held, .Release = (void *)held, .Map = map, .Unmap = unmap, .CopySubresourceRegion = copy };
static struct { void *vtbl; } device = { &device_vtbl }, context = { &context_vtbl };

__declspec(dllexport) HRESULT WINAPI D3D11CreateDevice(IDXGIAdapter *a, D3D_DRIVER_TYPE type, HMODULE s, UINT flags, const D3D_FEATURE_LEVEL *l, UINT n, UINT sdk, ID3D11Device **d, D3D_FEATURE_LEVEL *got, ID3D11DeviceContext **c) {
    (void)s; (void)flags; (void)l; (void)n; (void)got;
    if (!a || type != D3D_DRIVER_TYPE_UNKNOWN || sdk != D3D11_SDK_VERSION) return E_INVALIDARG;
    *d = (ID3D11Device *)&device; *c = (ID3D11DeviceContext *)&context;
    return S_OK;
}

// dxgi
static Tex *screen; static BYTE *now; static HBITMAP bitmap; static HDC dc;
static RECT dirty[64]; static UINT dirties; static DXGI_OUTDUPL_MOVE_RECT moved; static int moves, acquired, frames;

static HRESULT STDMETHODCALLTYPE acquire(IDXGIOutputDuplication *self, UINT ms, DXGI_OUTDUPL_FRAME_INFO *info, IDXGIResource **out) {
    (void)self;
    if (acquired || ms) { fprintf(stderr, "mock: not released, or waits\n"); return DXGI_ERROR_INVALID_CALL; }
    int w = GetSystemMetrics(SM_CXVIRTUALSCREEN), h = GetSystemMetrics(SM_CYVIRTUALSCREEN);
    if (!screen) {
        BITMAPINFO bi = { .bmiHeader = { sizeof(BITMAPINFOHEADER), w, -h, 1, 32, BI_RGB } };
        screen = tex(w, h, 0);
        dc = CreateCompatibleDC(NULL);
        bitmap = CreateDIBSection(dc, &bi, DIB_RGB_COLORS, (void **)&now, NULL, 0);
        SelectObject(dc, bitmap);
    }
    HDC s = GetDC(NULL);
    BitBlt(dc, 0, 0, w, h, s, GetSystemMetrics(SM_XVIRTUALSCREEN), GetSystemMetrics(SM_YVIRTUALSCREEN), SRCCOPY | CAPTUREBLT);
    ReleaseDC(NULL, s); GdiFlush();
    dirties = moves = 0;
    if (GetFileAttributesA("C:\\lie") != INVALID_FILE_ATTRIBUTES) memset(now, 0, (size_t)w * h * 4);
    for (int top = 0; top < h; top += 24) {
        int bottom = top + 24 < h ? top + 24 : h, left = w, right = 0;
        for (int y = top; y < bottom; y++) for (int x = 0; x < w; x++)
            if ((((UINT *)now)[y * w + x] ^ ((UINT *)(screen->bits))[y * w + x]) & 0xffffff) { if (x < left) left = x; if (x >= right) right = x + 1; }
        if (left < right && dirties < 64) dirty[dirties++] = (RECT){ left, top, right, bottom };
    }
    if (!dirties) return DXGI_ERROR_WAIT_TIMEOUT;
    for (int at = 0; at < w * h; at++) ((UINT *)screen->bits)[at] = ((UINT *)now)[at] | 0xff000000;
    // Something is moved to where it is drawn anew afterwards: a true list, in its order.
    moved = (DXGI_OUTDUPL_MOVE_RECT){ { 0, 0 }, dirty[0] }; moves = 1;
    memset(info, 0, sizeof *info);
    info->LastPresentTime.QuadPart = ++frames; info->AccumulatedFrames = 1;
    info->TotalMetadataBufferSize = frames == 1 ? 0 : sizeof moved + dirties * sizeof(RECT);
    *out = (IDXGIResource *)screen; acquired = 1;
    return S_OK;
}
static HRESULT STDMETHODCALLTYPE release(IDXGIOutputDuplication *self) { (void)self; if (!acquired) return DXGI_ERROR_INVALID_CALL; acquired = 0; return S_OK; }
static HRESULT STDMETHODCALLTYPE get_dirty(IDXGIOutputDuplication *self, UINT room, RECT *to, UINT *need) {
    (void)self; *need = dirties * sizeof(RECT);
    if (*need > room) return DXGI_ERROR_MORE_DATA;
    memcpy(to, dirty, *need); return S_OK;
}
static HRESULT STDMETHODCALLTYPE get_moves(IDXGIOutputDuplication *self, UINT room, DXGI_OUTDUPL_MOVE_RECT *to, UINT *need) {
    (void)self; *need = moves * sizeof moved;
    if (*need > room) return DXGI_ERROR_MORE_DATA;
    memcpy(to, &moved, *need); return S_OK;
}
static void STDMETHODCALLTYPE dup_desc(IDXGIOutputDuplication *self, DXGI_OUTDUPL_DESC *d) {
    (void)self; memset(d, 0, sizeof *d);
    d->ModeDesc.Format = DXGI_FORMAT_B8G8R8A8_UNORM; d->Rotation = DXGI_MODE_ROTATION_IDENTITY;
}
static IDXGIOutputDuplicationVtbl dup_vtbl = { .AddRef = (void *)held, .Release = (void *)held, .GetDesc = dup_desc, .AcquireNextFrame = acquire, .GetFrameDirtyRects = get_dirty, .GetFrameMoveRects = get_moves, .ReleaseFrame = release };
static struct { void *vtbl; } dup = { &dup_vtbl };

static HRESULT STDMETHODCALLTYPE out_query(void *self, REFIID id, void **out) {
    if (IsEqualGUID(id, &IID_IDXGIOutput1)) { *out = self; return S_OK; }
    *out = NULL; return E_NOINTERFACE;
}
static HRESULT STDMETHODCALLTYPE out_desc(IDXGIOutput1 *self, DXGI_OUTPUT_DESC *d) {
    (void)self; memset(d, 0, sizeof *d);
    int x = GetSystemMetrics(SM_XVIRTUALSCREEN), y = GetSystemMetrics(SM_YVIRTUALSCREEN);
    d->DesktopCoordinates = (RECT){ x, y, x + GetSystemMetrics(SM_CXVIRTUALSCREEN), y + GetSystemMetrics(SM_CYVIRTUALSCREEN) };
    d->AttachedToDesktop = TRUE; d->Rotation = DXGI_MODE_ROTATION_IDENTITY;
    return S_OK;
}
static HRESULT STDMETHODCALLTYPE duplicate(IDXGIOutput1 *self, IUnknown *dev, IDXGIOutputDuplication **out) { (void)self; if (!dev) return E_INVALIDARG; *out = (IDXGIOutputDuplication *)&dup; return S_OK; }
static IDXGIOutput1Vtbl out_vtbl = { .QueryInterface = (void *)out_query, .AddRef = (void *)held, .Release = (void *)held, .GetDesc = out_desc, .DuplicateOutput = duplicate };
static struct { void *vtbl; } output = { &out_vtbl };
static HRESULT STDMETHODCALLTYPE outputs(IDXGIAdapter1 *self, UINT n, IDXGIOutput **o) { (void)self; if (n) return DXGI_ERROR_NOT_FOUND; *o = (IDXGIOutput *)&output; return S_OK; }
static IDXGIAdapter1Vtbl adapter_vtbl = { .AddRef = (void *)held, .Release = (void *)held, .EnumOutputs = outputs };
static struct { void *vtbl; } adapter = { &adapter_vtbl };
static HRESULT STDMETHODCALLTYPE adapters(IDXGIFactory1 *self, UINT n, IDXGIAdapter1 **a) { (void)self; if (n) return DXGI_ERROR_NOT_FOUND; *a = (IDXGIAdapter1 *)&adapter; return S_OK; }
static IDXGIFactory1Vtbl factory_vtbl = { .AddRef = (void *)held, .Release = (void *)held, .EnumAdapters1 = adapters };
static struct { void *vtbl; } factory = { &factory_vtbl };
__declspec(dllexport) HRESULT WINAPI CreateDXGIFactory1(REFIID id, void **out) { if (!IsEqualGUID(id, &IID_IDXGIFactory1)) return E_NOINTERFACE; *out = &factory; return S_OK; }
