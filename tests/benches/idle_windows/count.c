// What the processes of one program have open, as Windows counts it: one line each, "handles threads". Made by the
// bench with the cross compiler that links the product.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winternl.h>

int main(int count, char **arguments) {
    static char buffer[1 << 20];
    SYSTEM_PROCESS_INFORMATION *process = (void *)buffer;
    if (count != 2 || NtQuerySystemInformation(SystemProcessInformation, buffer, sizeof buffer, NULL)) return 1;
    for (;;) {
        char name[260] = "";
        if (process->ImageName.Buffer)
            WideCharToMultiByte(CP_UTF8, 0, process->ImageName.Buffer, process->ImageName.Length / 2, name, sizeof name - 1, NULL, NULL);
        if (!_stricmp(name, arguments[1]))
            printf("%lu %lu\n", process->HandleCount, process->NumberOfThreads);
        if (!process->NextEntryOffset) return 0;
        process = (void *)((char *)process + process->NextEntryOffset);
    }
}
