@echo off
rem install.cmd [/remove] [/?]
rem Installs the plugin and the profile "PVS Boot" that lie beside this script, for the user who starts it. With /remove
rem it takes both away again. What was there before stays beside the new one until that is in place.
rem
rem SPDX-License-Identifier: GPL-2.0-or-later
setlocal EnableExtensions DisableDelayedExpansion
rem Success is told from what is there, not from errorlevel: "move" and "rd" do not set it everywhere.

rem A window that was opened by a double click shall not vanish before it was read.
set "pause=no"
set "started=%cmdcmdline%"
if not defined started goto words
set "started=%started:"=%"
if not "%started:install.cmd=%"=="%started%" set "pause=yes"
:words

set "job=install"
if "%~1"=="" goto begin
if not "%~2"=="" goto usage
if /i "%~1"=="/?" goto help
if /i "%~1"=="--help" goto help
if /i "%~1"=="/remove" set "job=remove"
if "%job%"=="remove" goto begin
:usage
echo usage: install.cmd [/remove] [/?]>&2
set "result=2"
goto end

:help
echo usage: install.cmd [/remove] [/?]
echo.
echo Installs the Wireshark plugin PVSBOOT and its profile "PVS Boot" for you, below %%APPDATA%%\Wireshark. It needs no
echo administrator. An older plugin of ours is replaced, an older profile too, unless you have changed it: then it is
echo kept.
echo.
echo     /remove  takes both away again; a profile that you have changed is kept
echo     /?       this text
set "result=0"
goto end

:begin
set "result=1"
set "here=%~dp0"
set "wireshark=%APPDATA%\Wireshark"
set "profile=%wireshark%\profiles\PVS Boot"
rem The profile as it was installed last, with its times: what differs was changed by its user.
set "as_installed=%wireshark%\pvsboot\profile"
if not defined APPDATA (
    echo install: the variable APPDATA is not set, so nobody knows where Wireshark looks.>&2
    goto end
)
rem A run that was stopped has left what it set aside: a profile as it had been installed.
if not exist "%profile%\" if exist "%profile%.pvsboot-former\" move "%profile%.pvsboot-former" "%profile%" >nul
if exist "%profile%.pvsboot-former\" rd /s /q "%profile%.pvsboot-former"
call :look_at_profile
if "%job%"=="remove" goto remove

if not exist "%here%plugins\" (
    echo install: the plugins are missing. Take all files out of the zip first, then start install.cmd there.>&2
    goto end
)
rem Of two plugins of one name, Wireshark loads one.
set "other="
for /f "delims=" %%V in ('dir /b /ad "%here%plugins"') do if exist "%ProgramFiles%\Wireshark\plugins\%%V\epan\pvsboot.dll" set "other=%ProgramFiles%\Wireshark\plugins\%%V\epan\pvsboot.dll"
if defined other (
    echo install: there is a plugin for everybody already. Remove that one first: "%other%">&2
    goto end
)

rem All that is new comes beside what is there.
set "failed="
set "versions="
for /f "delims=" %%V in ('dir /b /ad "%here%plugins"') do call :bring_plugin "%%V"
if defined failed goto undo
if not "%profile_was%"=="none" if not "%profile_was%"=="unchanged" goto places
if exist "%profile%.pvsboot-coming\" rd /s /q "%profile%.pvsboot-coming"
xcopy /E /I /Y /Q "%here%profiles\PVS Boot" "%profile%.pvsboot-coming" >nul
for /f "delims=" %%F in ('dir /b "%here%profiles\PVS Boot"') do if not exist "%profile%.pvsboot-coming\%%F" set "failed=%profile%"
if defined failed goto undo
rem The column widths and window sizes that its user has got used to.
if exist "%profile%\recent" copy /y "%profile%\recent" "%profile%.pvsboot-coming\recent" >nul

:places
for /f "delims=" %%V in ('dir /b /ad "%here%plugins"') do call :place_plugin "%%V"
if defined failed goto undo
if not exist "%profile%.pvsboot-coming\" goto prove
if exist "%profile%\" move "%profile%" "%profile%.pvsboot-former" >nul
if not exist "%profile%\" move "%profile%.pvsboot-coming" "%profile%" >nul
if exist "%profile%.pvsboot-coming\" set "failed=%profile%"
if defined failed goto undo

:prove
rem Where there is a tshark, it tells whether the plugin is loaded.
set "tshark="
for %%T in (tshark.exe) do set "tshark=%%~$PATH:T"
if not defined tshark if exist "%ProgramFiles%\Wireshark\tshark.exe" set "tshark=%ProgramFiles%\Wireshark\tshark.exe"
set "loaded="
set "running="
if not defined tshark goto installed
for %%T in ("%tshark%") do set "PATH=%%~dpT;%PATH%"
for /f "tokens=1-3" %%A in ('tshark.exe --version 2^>nul') do if "%%A %%B"=="TShark (Wireshark)" call :version_of "%%C"
if not defined running goto installed
if not exist "%here%plugins\%running%\" goto installed
for /f "tokens=1,*" %%A in ('tshark.exe -G plugins 2^>nul') do if /i "%%A"=="pvsboot.dll" set "loaded=%%B"
if not defined loaded set "failed=%wireshark%\plugins\%running%\epan\pvsboot.dll, which Wireshark does not load"
if defined failed goto undo

:installed
for /f "delims=" %%V in ('dir /b /ad "%here%plugins"') do call :drop_former "%wireshark%\plugins\%%V\epan\pvsboot.dll"
if exist "%profile%.pvsboot-former\" rd /s /q "%profile%.pvsboot-former"
if not "%profile_was%"=="none" if not "%profile_was%"=="unchanged" goto tell
if exist "%as_installed%\" rd /s /q "%as_installed%"
xcopy /E /I /Y /Q "%here%profiles\PVS Boot" "%as_installed%" >nul
:tell
echo Installed for Wireshark%versions%: "%wireshark%\plugins"
if "%profile_was%"=="none" echo Installed: "%profile%"
if "%profile_was%"=="unchanged" echo Renewed: "%profile%"
if "%profile_was%"=="changed" echo Kept, since you have changed it: "%profile%"
if "%profile_was%"=="unknown" echo Kept, since nothing tells whether you have changed it: "%profile%"
if defined loaded echo Loaded by Wireshark %running%.
if not defined running echo No tshark.exe was found that could prove it.
if defined running if not defined loaded echo Your Wireshark is %running%: it loads none of these plugins. Take a zip that has one for it.
echo To see it: start Wireshark, Help, About Wireshark, Plugins: there is pvsboot.dll.
echo Then choose the profile "PVS Boot" (below on the right), and open a capture.
set "result=0"
goto end

:undo
for /f "delims=" %%V in ('dir /b /ad "%here%plugins"') do call :put_back_plugin "%%V"
if exist "%profile%.pvsboot-coming\" rd /s /q "%profile%.pvsboot-coming"
if exist "%profile%.pvsboot-former\" if exist "%profile%\" rd /s /q "%profile%"
if exist "%profile%.pvsboot-former\" move "%profile%.pvsboot-former" "%profile%" >nul
if "%profile_was%"=="none" if exist "%profile%\" rd /s /q "%profile%"
call :drop_empty
echo install: this could not be put into its place: "%failed%">&2
echo install: is Wireshark running? Close it, and start install.cmd again. All is as it was before.>&2
goto end

:remove
set "found="
set "failed="
for /f "delims=" %%V in ('dir /b /ad "%wireshark%\plugins" 2^>nul') do call :remove_plugin "%%V"
if defined failed (
    echo install: this could not be removed: "%failed%">&2
    echo install: is Wireshark running? Close it, and start install.cmd /remove again.>&2
    goto end
)
if not defined found echo Not there: pvsboot.dll below "%wireshark%\plugins"
if "%profile_was%"=="none" echo Not there: "%profile%"
if "%profile_was%"=="unchanged" rd /s /q "%profile%"
if "%profile_was%"=="unchanged" echo Removed: "%profile%"
if "%profile_was%"=="changed" echo Kept, since it is not as it was installed: "%profile%"
if "%profile_was%"=="unknown" echo Kept, since it is not as it was installed: "%profile%"
if exist "%as_installed%\" rd /s /q "%as_installed%"
call :drop_empty
set "result=0"
goto end

:end
if "%pause%"=="yes" pause
exit /b %result%

rem ---- how the profile is: none, unchanged, changed, or unknown, where nothing tells how it was installed
:look_at_profile
set "profile_was=none"
if not exist "%profile%\" exit /b
set "profile_was=unknown"
if not exist "%as_installed%\" exit /b
set "profile_was=unchanged"
call :differs "%profile%" "%as_installed%"
call :differs "%as_installed%" "%profile%"
exit /b

rem ---- is anything newer in the first, or missing in the second? Wireshark itself writes the file "recent" anew.
:differs
for /f "delims=" %%L in ('xcopy /L /D /Y /E "%~1" "%~2"') do if exist "%%L" if /i not "%%~nxL"=="recent" set "profile_was=changed"
for /f "delims=" %%F in ('dir /b "%~1"') do if not exist "%~2\%%F" if /i not "%%F"=="recent" set "profile_was=changed"
exit /b

:bring_plugin
set "plugin=%wireshark%\plugins\%~1\epan\pvsboot.dll"
set "versions=%versions% %~1"
if not exist "%wireshark%\plugins\%~1\epan\" md "%wireshark%\plugins\%~1\epan" 2>nul
rem A run that was stopped has left what it set aside.
if exist "%plugin%.pvsboot-former" move /y "%plugin%.pvsboot-former" "%plugin%" >nul
if exist "%plugin%.pvsboot-old" del /f /q "%plugin%.pvsboot-old" 2>nul
copy /y "%here%plugins\%~1\epan\pvsboot.dll" "%plugin%.pvsboot-coming" >nul 2>nul
call :same_size "%here%plugins\%~1\epan\pvsboot.dll" "%plugin%.pvsboot-coming"
exit /b

:same_size
set "size=missing"
for %%F in ("%~2") do if exist "%~2" set "size=%%~zF"
for %%F in ("%~1") do if not "%%~zF"=="%size%" set "failed=%~2"
exit /b

:place_plugin
set "plugin=%wireshark%\plugins\%~1\epan\pvsboot.dll"
if defined failed exit /b
rem A file that a running Wireshark has loaded can be given another name.
if exist "%plugin%" move "%plugin%" "%plugin%.pvsboot-former" >nul 2>nul
if not exist "%plugin%" move "%plugin%.pvsboot-coming" "%plugin%" >nul 2>nul
if exist "%plugin%.pvsboot-coming" set "failed=%plugin%"
if not exist "%plugin%.pvsboot-coming" set "placed_%~1=yes"
exit /b

rem ---- a file that is still loaded cannot be deleted, but be given another name; the next run deletes it
:drop_former
if exist "%~1.pvsboot-former" del /f /q "%~1.pvsboot-former" 2>nul
if exist "%~1.pvsboot-former" move "%~1.pvsboot-former" "%~1.pvsboot-old" >nul 2>nul
exit /b

:put_back_plugin
set "plugin=%wireshark%\plugins\%~1\epan\pvsboot.dll"
if defined placed_%~1 del /f /q "%plugin%" 2>nul
if exist "%plugin%.pvsboot-coming" del /f /q "%plugin%.pvsboot-coming"
if exist "%plugin%.pvsboot-former" move /y "%plugin%.pvsboot-former" "%plugin%" >nul
exit /b

:remove_plugin
set "plugin=%wireshark%\plugins\%~1\epan\pvsboot.dll"
for %%F in (coming former old) do if exist "%plugin%.pvsboot-%%F" del /f /q "%plugin%.pvsboot-%%F" 2>nul
if not exist "%plugin%" exit /b
set "found=yes"
del /f /q "%plugin%" 2>nul
if exist "%plugin%" set "failed=%plugin%"
if not exist "%plugin%" echo Removed: "%plugin%"
exit /b

rem ---- folders that are empty; rd takes no other
:drop_empty
for /f "delims=" %%V in ('dir /b /ad "%wireshark%\plugins" 2^>nul') do rd "%wireshark%\plugins\%%V\epan" 2>nul
for /f "delims=" %%V in ('dir /b /ad "%wireshark%\plugins" 2^>nul') do rd "%wireshark%\plugins\%%V" 2>nul
rd "%wireshark%\plugins" 2>nul
rd "%wireshark%\pvsboot" 2>nul
rd "%wireshark%\profiles" 2>nul
rd "%wireshark%" 2>nul
exit /b

:version_of
for /f "tokens=1,2 delims=." %%A in ("%~1") do set "running=%%A.%%B"
exit /b
