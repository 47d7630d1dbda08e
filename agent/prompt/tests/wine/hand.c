// What another program on the client's Windows PC can do to the consent program, and what a screen reader would be told: one action per
// start. Made by the test with the cross compiler that links the product.
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static HWND found;

static BOOL CALLBACK look_at(HWND window, LPARAM unused) {
    char class[64];
    (void)unused;
    if (IsWindowVisible(window) && GetClassNameA(window, class, sizeof class) && !strcmp(class, "#32770")) found = window;
    return !found;
}

static void send_key(WORD key, DWORD flags) {
    INPUT input = {.type = INPUT_KEYBOARD};
    input.ki.wVk = key;
    input.ki.wScan = (WORD)MapVirtualKeyA(key, 0);
    input.ki.dwFlags = flags;
    SendInput(1, &input, sizeof input);
}

static void send_mouse(int x, int y, DWORD flags) {
    INPUT input = {.type = INPUT_MOUSE};
    input.mi.dx = (x * 65536 + 32768) / GetSystemMetrics(SM_CXSCREEN);
    input.mi.dy = (y * 65536 + 32768) / GetSystemMetrics(SM_CYSCREEN);
    input.mi.dwFlags = flags | MOUSEEVENTF_ABSOLUTE;
    SendInput(1, &input, sizeof input);
}

static LRESULT CALLBACK dawdle(int code, WPARAM what, LPARAM event) {
    if (code == HC_ACTION && what == WM_LBUTTONUP) Sleep(1500);
    return CallNextHookEx(NULL, code, what, event);
}

static void say_text(HWND window) {
    WCHAR wide[600];
    char text[2400];
    // Of another program's field GetWindowTextW tells nothing.
    SendMessageW(window, WM_GETTEXT, 600, (LPARAM)wide);
    WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, sizeof text, NULL, NULL);
    puts(text);
}

int main(int count, char **words) {
    const char *what = count > 1 ? words[1] : "";
    int first = count > 2 ? atoi(words[2]) : 0, second = count > 3 ? atoi(words[3]) : 0;
    _setmode(_fileno(stdout), _O_BINARY);
    EnumWindows(look_at, 0);
    HWND control = found && first ? GetDlgItem(found, first) : found;
    if (!strcmp(what, "click")) {
        send_mouse(first, second, MOUSEEVENTF_MOVE);
        send_mouse(first, second, MOUSEEVENTF_LEFTDOWN);
        send_mouse(first, second, MOUSEEVENTF_LEFTUP);
    } else if (!strcmp(what, "keys")) {
        for (int i = 2; i < count; i++) send_key((WORD)strtol(words[i], NULL, 16), 0);
        for (int i = count - 1; i >= 2; i--) send_key((WORD)strtol(words[i], NULL, 16), KEYEVENTF_KEYUP);
    } else if (!strcmp(what, "cover")) {
        HWND cover = CreateWindowExA(WS_EX_TOPMOST | WS_EX_NOACTIVATE, "Static", "cover", WS_POPUP | WS_VISIBLE, 0, 0, 4000, 4000, NULL, NULL, NULL, NULL);
        MSG message;
        SetTimer(cover, 1, (UINT)first, NULL);
        while (GetMessageA(&message, NULL, 0, 0) > 0 && message.message != WM_TIMER) DispatchMessageA(&message);
    } else if (!strcmp(what, "dawdle")) {
        MSG message;
        puts(SetWindowsHookExA(WH_MOUSE_LL, dawdle, GetModuleHandleA(NULL), 0) ? "set" : "not set");
        fflush(stdout);
        while (GetMessageA(&message, NULL, 0, 0) > 0) DispatchMessageA(&message);
    } else if (!control) {
        puts("none");
    } else if (!strcmp(what, "where")) {
        RECT rect;
        GetWindowRect(control, &rect);
        printf("%ld %ld %ld %ld\n", rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top);
    } else if (!strcmp(what, "text")) {
        say_text(control);
    } else if (!strcmp(what, "state")) {
        char class[64] = "";
        GetClassNameA(control, class, sizeof class);
        GUITHREADINFO info = {.cbSize = sizeof info};
        GetGUIThreadInfo(GetWindowThreadProcessId(found, NULL), &info);
        printf("%s %s %s %s\n", class, IsWindowEnabled(control) ? "enabled" : "disabled", info.hwndFocus == control ? "focused" : "unfocused",
               SendMessageA(control, BM_GETCHECK, 0, 0) == BST_CHECKED ? "checked" : "unchecked");
    } else if (!strcmp(what, "close")) {
        PostMessageA(found, WM_CLOSE, 0, 0);
    } else if (!strcmp(what, "press")) {
        SendMessageA(control, BM_CLICK, 0, 0);
        PostMessageA(found, WM_COMMAND, (WPARAM)first, (LPARAM)control);
    } else if (!strcmp(what, "hide")) {
        ShowWindow(found, SW_HIDE);
    } else if (!strcmp(what, "away")) {
        SetWindowPos(found, HWND_BOTTOM, 300, 5000, 0, 0, SWP_NOSIZE | SWP_NOACTIVATE);
    }
    return 0;
}
