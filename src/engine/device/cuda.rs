//! Whether an NVIDIA card can compute: asks the driver without linking to it.
//!
//! Promises: no panic and an answer within two seconds, with no driver, a broken one or a hanging
//! one. A card is found only when the driver says so itself.

use std::ffi::{CStr, c_char, c_int, c_uint};

use libloading::{Library, Symbol};
use serde::Serialize;

use crate::mishap::Question;

#[cfg(windows)]
const DRIVERS: [&str; 1] = ["nvcuda.dll"];
#[cfg(not(windows))]
const DRIVERS: [&str; 2] = ["libcuda.so.1", "libcuda.so"];
#[cfg(windows)]
const COMPILERS: [&str; 3] = ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"];
#[cfg(not(windows))]
const COMPILERS: [&str; 4] = ["libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"];

/// What the driver says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cuda {
    /// Newest CUDA version that the driver supports, such as `12.8`.
    pub driver_version: Option<String>,
    /// The cards.
    pub devices: Vec<CudaDevice>,
    /// Whether NVRTC, which compiles for the card, can be loaded.
    pub compiler: bool,
    /// Why no card can be used, in words.
    pub problem: Option<String>,
}

/// One card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CudaDevice {
    /// Name that the driver gives.
    pub name: String,
    /// Memory of the card, in bytes.
    pub memory_bytes: u64,
}

/// Asks the driver.
pub fn probe() -> Cuda {
    // A driver in a bad state may hang in its first call.
    let answer = Question::ask("cuda probe", ask).answer();
    answer.unwrap_or_else(|| problem("the NVIDIA driver does not answer; restart the machine or reinstall the driver"))
}

fn problem(text: &str) -> Cuda {
    Cuda { problem: Some(text.to_owned()), ..Cuda::default() }
}

fn load(names: &[&str]) -> Option<Library> {
    // SAFETY: these are the vendor's own libraries, found by the system's loader; their start-up code
    // is what every CUDA program runs.
    #[allow(unsafe_code, reason = "a driver can only be asked by loading it")]
    names.iter().find_map(|name| unsafe { Library::new(*name) }.ok())
}

fn ask() -> Cuda {
    let Some(driver) = load(&DRIVERS) else { return problem("no NVIDIA driver") };
    let mut cuda = match devices(&driver) {
        Ok(cuda) => cuda,
        Err(AskError::Missing) => return problem("the NVIDIA driver is too old; update it"),
        Err(AskError::Refused(code)) => {
            return problem(&format!("the NVIDIA driver refuses (error {code}); restart the machine or reinstall it"));
        }
    };
    // Unloading a driver that has started threads is what crashes; it stays until the program ends.
    std::mem::forget(driver);
    match load(&COMPILERS) {
        Some(compiler) => {
            std::mem::forget(compiler);
            cuda.compiler = true;
        }
        None if !cuda.devices.is_empty() => {
            cuda.problem = Some("NVRTC, which compiles for the card, is missing; install the CUDA runtime".to_owned());
        }
        None => {}
    }
    if cuda.devices.is_empty() {
        cuda.problem = Some("the NVIDIA driver finds no card".to_owned());
    }
    cuda
}

enum AskError {
    /// The library lacks a function that every driver of the last ten years has.
    Missing,
    /// The driver's error code.
    Refused(c_int),
}

fn checked(code: c_int) -> Result<(), AskError> {
    // CUDA_ERROR_NO_DEVICE: a driver without a card is no failure.
    if code == 0 || code == 100 { Ok(()) } else { Err(AskError::Refused(code)) }
}

#[allow(unsafe_code, reason = "the driver's interface is C")]
fn devices(driver: &Library) -> Result<Cuda, AskError> {
    type Init = unsafe extern "C" fn(c_uint) -> c_int;
    type Number = unsafe extern "C" fn(*mut c_int) -> c_int;
    type Get = unsafe extern "C" fn(*mut c_int, c_int) -> c_int;
    type Name = unsafe extern "C" fn(*mut c_char, c_int, c_int) -> c_int;
    type Memory = unsafe extern "C" fn(*mut usize, c_int) -> c_int;

    // SAFETY: names and signatures are those of `cuda.h`, stable since CUDA 3.2; every pointer is to
    // a live local of the right size, and the name's length is passed with it.
    unsafe {
        let init: Symbol<Init> = function(driver, b"cuInit\0")?;
        let version: Symbol<Number> = function(driver, b"cuDriverGetVersion\0")?;
        let count: Symbol<Number> = function(driver, b"cuDeviceGetCount\0")?;
        let get: Symbol<Get> = function(driver, b"cuDeviceGet\0")?;
        let name: Symbol<Name> = function(driver, b"cuDeviceGetName\0")?;
        let memory: Symbol<Memory> = function(driver, b"cuDeviceTotalMem_v2\0")?;

        checked(init(0))?;
        let (mut number, mut found) = (0, 0);
        let _ = version(&mut number);
        let _ = count(&mut found);
        let mut devices = Vec::new();
        for ordinal in 0..found.clamp(0, 64) {
            let (mut device, mut bytes) = (0, 0);
            let mut text: [c_char; 256] = [0; 256];
            checked(get(&mut device, ordinal))?;
            checked(name(text.as_mut_ptr(), 255, device))?;
            checked(memory(&mut bytes, device))?;
            // The last byte stays 0 whatever the driver wrote.
            let name = CStr::from_ptr(text.as_ptr()).to_string_lossy().into_owned();
            devices.push(CudaDevice { name, memory_bytes: bytes as u64 });
        }
        let driver_version = (number > 0).then(|| format!("{}.{}", number / 1000, number % 1000 / 10));
        Ok(Cuda { driver_version, devices, ..Cuda::default() })
    }
}

/// # Safety
/// `T` must be the function's type.
#[allow(unsafe_code, reason = "the driver's interface is C")]
unsafe fn function<'a, T>(driver: &'a Library, name: &[u8]) -> Result<Symbol<'a, T>, AskError> {
    // SAFETY: the caller promises the type.
    unsafe { driver.get(name) }.map_err(|_| AskError::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_answers_in_time_on_any_machine() {
        let started = std::time::Instant::now();
        let cuda = probe();
        // It waits for two seconds at most; a busy machine may need some more to go on.
        assert!(started.elapsed() < std::time::Duration::from_secs(10));
        assert!(cuda.problem.is_some() || !cuda.devices.is_empty(), "{cuda:?}");
    }

    #[test]
    fn a_library_that_is_no_driver_is_not_believed() {
        // The C library is there on every Unix and has none of the functions.
        if let Some(library) = load(&["libc.so.6"]) {
            assert!(matches!(devices(&library), Err(AskError::Missing)));
        }
    }
}
