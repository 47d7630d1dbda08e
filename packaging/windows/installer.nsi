; The installer for Windows, made for one firm and the same for all its clients: firm.pub and the relays' addresses lie in it, under
; its signature. The single-use code comes by the file's name, by /CODE= or is typed. Whether the PC is attached is asked by the
; program itself, which shows to whom and what would be sent, and waits for a typed yes. /S installs and attaches nothing.
;
; Defined by packaging/windows/installer: VERSION, FIRM, PROGRAMS, PROVIDER, KIB, COMPRESSION, OUT; SIGN if there is a key to sign with,
; RELEASE if there is a release key beside firm.pub.
Unicode true
; The 32-bit stub runs nowhere without WoW64, and says nothing there.
Target amd64-unicode
SetCompressor /SOLID ${COMPRESSION}
SetDateSave off
ManifestDPIAware true
RequestExecutionLevel admin
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include nsDialogs.nsh

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Aval"
!define HOME "$APPDATA\Aval"
!define TRIES 20

Name "Aval"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\Aval"
BrandingText "Aval ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "Aval"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "Aval"
VIAddVersionKey CompanyName "${FIRM}"
VIAddVersionKey LegalCopyright "MIT OR Apache-2.0"
VIAddVersionKey InstalledKiB "${KIB}"
!ifdef SIGN
    !uninstfinalize '${SIGN} "%1"'
!endif

Var Code
Var Field
Var Failed
Var Outcome

!define MUI_ABORTWARNING
!define MUI_WELCOMEPAGE_TITLE "$(Title)"
!define MUI_WELCOMEPAGE_TEXT "$(Welcome)"
!define MUI_FINISHPAGE_TITLE "$(Title)"
!define MUI_FINISHPAGE_TEXT "$Outcome"
!insertmacro MUI_PAGE_WELCOME
Page custom AskCode KeepCode
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
; The first is what a Windows in another language gets.
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "English"
!include strings.nsh

Function .onInit
    ; One installer at a time: two would write over each other.
    System::Call 'kernel32::CreateMutexW(p 0, i 0, w "AvalInstaller") p .r1 ?e'
    Pop $R0
    ${If} $R0 = 183
        MessageBox MB_OK|MB_ICONSTOP "$(Twice)" /SD IDOK
        SetErrorLevel 1
        Quit
    ${EndIf}
    SetShellVarContext all
    SetRegView 64
    ${GetParameters} $R0
    ${GetOptions} $R0 "/CODE=" $Code
FunctionEnd

Function AskCode
    ${If} ${FileExists} "${HOME}\Agent\identity.key"
        Abort
    ${EndIf}
    !insertmacro MUI_HEADER_TEXT "$(AttachTitle)" "$(AttachBelow)"
    nsDialogs::Create 1018
    Pop $0
    ${NSD_CreateLabel} 0 0 100% 40u "$(AttachText)"
    Pop $0
    ${NSD_CreateLabel} 0 48u 100% 10u "$(CodeLabel)"
    Pop $0
    ${NSD_CreateText} 0 60u 60% 13u "$Code"
    Pop $Field
    ${NSD_CreateLabel} 0 82u 100% 40u "$(CodeHint)"
    Pop $0
    nsDialogs::Show
FunctionEnd

Function KeepCode
    ${NSD_GetText} $Field $Code
FunctionEnd

; Replaces a program that is just being stopped: Windows frees a file some time after its process has ended.
!macro Free FILE
    StrCpy $R1 0
    ${Do}
        ClearErrors
        Delete "${FILE}"
        ${IfNot} ${FileExists} "${FILE}"
            ${ExitDo}
        ${EndIf}
        IntOp $R1 $R1 + 1
        Sleep 500
    ${LoopUntil} $R1 >= ${TRIES}
!macroend

Section "Aval"
    StrCpy $Outcome "$(Finished)"
    SetOutPath "$INSTDIR"
    ${If} ${FileExists} "$INSTDIR\aval-agent.exe"
        DetailPrint "$(Stopping)"
        nsExec::ExecToLog '"$INSTDIR\aval-agent.exe" uninstall'
        Pop $0
        !insertmacro Free "$INSTDIR\aval-agent.exe"
        !insertmacro Free "$INSTDIR\aval-agent-prompt.exe"
    ${EndIf}
    ; Versions that came by updates: what is installed here takes their place.
    RMDir /r "$INSTDIR\versions"
    ClearErrors
    File "${PROGRAMS}/aval-agent.exe"
    File "${PROGRAMS}/aval-agent-prompt.exe"
    SetOutPath "$INSTDIR\provider"
    File "${PROVIDER}/firm.pub"
    File "${PROVIDER}/relays.txt"
!ifdef RELEASE
    File "${PROVIDER}/release.pub"
!endif
    SetOutPath "$INSTDIR"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    ${If} ${Errors}
        MessageBox MB_OK|MB_ICONSTOP "$(NotWritten)" /SD IDOK
        SetErrorLevel 1
        Quit
    ${EndIf}

    WriteRegStr HKLM "${UNINSTALL}" DisplayName "$(Shown)"
    WriteRegStr HKLM "${UNINSTALL}" DisplayVersion "${VERSION}"
    WriteRegStr HKLM "${UNINSTALL}" Publisher "${FIRM}"
    WriteRegStr HKLM "${UNINSTALL}" DisplayIcon "$INSTDIR\aval-agent.exe"
    WriteRegStr HKLM "${UNINSTALL}" InstallLocation "$INSTDIR"
    WriteRegStr HKLM "${UNINSTALL}" UninstallString '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKLM "${UNINSTALL}" QuietUninstallString '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKLM "${UNINSTALL}" EstimatedSize ${KIB}
    WriteRegDWORD HKLM "${UNINSTALL}" NoModify 1
    WriteRegDWORD HKLM "${UNINSTALL}" NoRepair 1
    CreateDirectory "$SMPROGRAMS\Aval"
    ; What happened on this PC, for whoever sits at it, without an account.
    CreateShortcut "$SMPROGRAMS\Aval\$(RegisterLink).lnk" "$SYSDIR\cmd.exe" '/k ""$INSTDIR\aval-agent.exe" register"'

    ${If} ${FileExists} "${HOME}\Agent\identity.key"
        Call Start
    ${ElseIfNot} ${Silent}
        DetailPrint "$(Attaching)"
        ; The code may stand in the name that this file was saved under. The program says itself what went wrong.
        ${If} $Code == ""
            nsExec::Exec '"$INSTDIR\aval-agent.exe" enrol --window --installer "$EXEFILE"'
        ${Else}
            nsExec::Exec '"$INSTDIR\aval-agent.exe" enrol --window "$Code"'
        ${EndIf}
        Pop $0
        ${If} $0 = 0
            Call Start
        ${ElseIf} $0 = 3
            StrCpy $Failed 3
            StrCpy $Outcome "$(Declined)"
        ${Else}
            StrCpy $Failed 1
            StrCpy $Outcome "$(NotAttached)"
        ${EndIf}
    ${EndIf}
    ${If} $Failed != ""
        SetErrorLevel $Failed
    ${EndIf}
SectionEnd

Function Start
    DetailPrint "$(Starting)"
    nsExec::ExecToLog '"$INSTDIR\aval-agent.exe" install'
    Pop $0
    ${If} $0 != 0
        StrCpy $Failed 1
        StrCpy $Outcome "$(NotStarted)"
    ${EndIf}
FunctionEnd

Function un.onInit
    SetShellVarContext all
    SetRegView 64
FunctionEnd

Section "Uninstall"
    ; The provider is told if it can be reached; removal waits for nobody.
    nsExec::ExecToLog '"$INSTDIR\aval-agent.exe" uninstall'
    Pop $0
    nsExec::ExecToLog '"$INSTDIR\aval-agent.exe" uninstalled'
    Pop $0
    !insertmacro Free "$INSTDIR\aval-agent.exe"
    !insertmacro Free "$INSTDIR\aval-agent-prompt.exe"
    Delete "$INSTDIR\provider\firm.pub"
    Delete "$INSTDIR\provider\relays.txt"
    Delete "$INSTDIR\provider\release.pub"
    RMDir /r "$INSTDIR\versions"
    RMDir "$INSTDIR\provider"
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
    RMDir /r "$SMPROGRAMS\Aval"
    RMDir /r "${HOME}\Agent"
    RMDir "${HOME}"
    DeleteRegKey HKLM "${UNINSTALL}"
    ${If} ${FileExists} "$INSTDIR\aval-agent.exe"
        SetErrorLevel 1
    ${EndIf}
SectionEnd
