; The Windows installer, made from the frozen tree by: makensis -DVERSION=0.1.0 packaging/windows/overround.nsi
; It installs for the current user only, so it never asks for an administrator.
Unicode true
!ifndef VERSION
  !error "say which version: makensis -DVERSION=0.1.0"
!endif
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Overround"

Name "Overround ${VERSION}"
OutFile "..\..\dist\overround-${VERSION}-setup.exe"
InstallDir "$LOCALAPPDATA\Programs\Overround"
RequestExecutionLevel user
SetCompressor /SOLID lzma
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "Overround"
VIAddVersionKey FileDescription "Overround"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey LegalCopyright "Apache-2.0; the licences of its parts are in the folder licences"
!if /FileExists "..\..\build\icons\overround.ico"
  Icon "..\..\build\icons\overround.ico"
  UninstallIcon "..\..\build\icons\overround.ico"
!endif

Page directory
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

Section "Overround"
  ; An older version's libraries must not stay beside the new ones. Only its own folder is emptied.
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  SetOutPath "$INSTDIR"
  File /r "..\..\dist\overround\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Overround.lnk" "$INSTDIR\overround.exe"
  WriteRegStr HKCU "${KEY}" "DisplayName" "Overround"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\overround.exe"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
SectionEnd

; What the user made (settings, journal, practice state) lies elsewhere and stays.
Section "Uninstall"
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  Delete "$INSTDIR\overround.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Overround.lnk"
  DeleteRegKey HKCU "${KEY}"
SectionEnd
