# toolchain.cmake
# For building the plugin's DLL on Debian: the mingw compiler, with the universal C runtime that Wireshark for Windows has
#
# PVSBOOT_SDK is the folder that make-sdk made. UCRT it must be: the plugin hands files of its own runtime to
# libwsutil's JSON writer, and reads the errno that GLib sets.
#
# SPDX-License-Identifier: GPL-2.0-or-later

set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR AMD64)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PVSBOOT_SDK)

# A compiler for the old runtime, told to use the new one (ucrt-specs).
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc)
set(CMAKE_C_FLAGS_INIT "-specs=${PVSBOOT_SDK}/ucrt.specs")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-specs=${PVSBOOT_SDK}/ucrt.specs")
# The same sources make the same bytes: no time, and no address that is taken from the file's name.
set(CMAKE_MODULE_LINKER_FLAGS_INIT
	"-specs=${PVSBOOT_SDK}/ucrt.specs -s -static-libgcc -Wl,--no-insert-timestamp,--image-base=0x2f0000000")
set(CMAKE_C_STANDARD_LIBRARIES "" CACHE STRING "")

set(CMAKE_PREFIX_PATH "${PVSBOOT_SDK}/cmake")
set(Wireshark_DIR "${PVSBOOT_SDK}/cmake" CACHE PATH "")
set(ENV{PKG_CONFIG_LIBDIR} "${PVSBOOT_SDK}/lib/pkgconfig")
set(ENV{PKG_CONFIG_PATH} "")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
