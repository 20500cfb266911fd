//! Graphics devices: finding them, opening one without a window, and hearing when one fails.
//!
//! Promises: nothing here panics, with or without drivers, and [`probe`] answers within two seconds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::RenderError;
use crate::files::one_line;
use crate::mishap::Question;

/// Longest time that one picture may take before the device counts as lost: a large one on a slow processor
/// takes minutes, and wgpu panics where a device is dropped while it draws.
const LONGEST_DRAW: Duration = Duration::from_secs(3600);

/// What kind of machine an adapter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AdapterKind {
    /// A graphics card of its own.
    Discrete,
    /// Part of the processor's package.
    Integrated,
    /// A share of a card in another machine.
    Virtual,
    /// The driver does not say.
    Other,
    /// The processor draws.
    Software,
}

/// A graphics adapter, as `doctor` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdapterInfo {
    /// Name that the driver gives.
    pub name: String,
    /// What kind of machine it is.
    pub kind: AdapterKind,
    /// Graphics interface: `vulkan`, `metal`, `dx12`.
    pub backend: String,
    /// Driver name and version.
    pub driver: String,
    /// Longest side of a picture, in pixels.
    pub max_picture_side_px: u32,
    /// Largest single buffer, in bytes.
    pub max_buffer_bytes: u64,
}

impl AdapterInfo {
    fn of(adapter: &wgpu::Adapter) -> Self {
        let (info, limits) = (adapter.get_info(), adapter.limits());
        let driver = [info.driver.as_str(), info.driver_info.as_str()];
        Self {
            name: info.name,
            kind: kind_of(info.device_type),
            backend: info.backend.to_str().to_owned(),
            driver: driver.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "),
            max_picture_side_px: limits.max_texture_dimension_2d,
            max_buffer_bytes: limits.max_buffer_size,
        }
    }
}

fn kind_of(device_type: wgpu::DeviceType) -> AdapterKind {
    match device_type {
        wgpu::DeviceType::DiscreteGpu => AdapterKind::Discrete,
        wgpu::DeviceType::IntegratedGpu => AdapterKind::Integrated,
        wgpu::DeviceType::VirtualGpu => AdapterKind::Virtual,
        wgpu::DeviceType::Cpu => AdapterKind::Software,
        wgpu::DeviceType::Other => AdapterKind::Other,
    }
}

/// The adapters of this machine, best first; empty when there is none, or when the drivers do not
/// answer within two seconds.
pub fn probe() -> Vec<AdapterInfo> {
    let drivers = Question::ask("graphics probe", || adapters().iter().map(AdapterInfo::of).collect());
    drivers.answer().unwrap_or_default()
}

/// All adapters that the renderer can use, best kind first, otherwise in the driver's order.
fn adapters() -> Vec<wgpu::Adapter> {
    // OpenGL is left out: it has no storage buffers in vertex shaders, which wireframes need.
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: wgpu::Backends::PRIMARY,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let mut adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
    adapters.sort_by_key(|adapter| kind_of(adapter.get_info().device_type));
    adapters
}

/// The first failure that a device reported outside any call's result.
///
/// wgpu reports many failures late and to a callback; without one it panics.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    first: Arc<Mutex<Option<RenderError>>>,
    lost: Arc<AtomicBool>,
}

impl Faults {
    /// Takes over the device's error and loss callbacks.
    pub fn watch(&self, device: &wgpu::Device) {
        let (errors, losses) = (self.clone(), self.clone());
        device.on_uncaptured_error(Arc::new(move |error| errors.report(RenderError::from(error))));
        device.set_device_lost_callback(move |reason, message| {
            // Destroying a device on purpose is not a failure.
            if reason != wgpu::DeviceLostReason::Destroyed {
                losses.report(RenderError::DeviceLost(one_line(&message)));
            }
        });
    }

    /// Whether the device was ever lost.
    pub fn is_device_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// Fails with the first failure since the last call.
    ///
    /// # Errors
    /// That failure; it is forgotten afterwards.
    pub fn check(&self) -> Result<(), RenderError> {
        match self.first.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn report(&self, error: RenderError) {
        tracing::warn!("{error}");
        if matches!(error, RenderError::DeviceLost(_)) {
            self.lost.store(true, Ordering::Relaxed);
        }
        self.first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

impl From<wgpu::Error> for RenderError {
    fn from(error: wgpu::Error) -> Self {
        match error {
            wgpu::Error::OutOfMemory { .. } => Self::OutOfMemory,
            wgpu::Error::Validation { description, .. } | wgpu::Error::Internal { description, .. } => {
                Self::Device(one_line(&description))
            }
        }
    }
}

/// A device that was opened without a window.
#[derive(Debug)]
pub struct Gpu {
    /// The device.
    pub device: wgpu::Device,
    /// Its queue.
    pub queue: wgpu::Queue,
    /// What the device reported outside of any call.
    pub faults: Faults,
    /// Which adapter it is.
    pub adapter: AdapterInfo,
}

impl Gpu {
    /// Opens the best adapter that gives a device.
    ///
    /// # Errors
    /// [`RenderError::NoAdapter`], or [`RenderError::NoDevice`] of the best adapter when none of
    /// them gives a device.
    pub fn new_headless() -> Result<Self, RenderError> {
        let mut first_error = None;
        for adapter in adapters() {
            match Self::open(&adapter) {
                Ok(gpu) => return Ok(gpu),
                Err(error) => {
                    first_error.get_or_insert(error);
                }
            }
        }
        Err(first_error.unwrap_or(RenderError::NoAdapter))
    }

    fn open(adapter: &wgpu::Adapter) -> Result<Self, RenderError> {
        let info = AdapterInfo::of(adapter);
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("orfeas"),
            // What the adapter can do, not the lowest common limits: large meshes need large buffers.
            required_limits: adapter.limits(),
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(adapter.request_device(&descriptor)).map_err(|error| {
            RenderError::NoDevice { adapter: info.name.clone(), reason: one_line(&error.to_string()) }
        })?;
        let faults = Faults::default();
        faults.watch(&device);
        Ok(Self { device, queue, faults, adapter: info })
    }

    /// Waits until everything submitted so far is done. In one go: a process that ends meanwhile leaves a thread that
    /// waits, but some drivers keep it from ending where a thread asks again and again.
    ///
    /// # Errors
    /// [`RenderError::DeviceLost`] after an hour, or whatever the device reported meanwhile.
    pub fn wait(&self) -> Result<(), RenderError> {
        let waited = self.device.poll(wgpu::PollType::Wait { submission_index: None, timeout: Some(LONGEST_DRAW) });
        self.faults.check()?;
        waited.map(|_| ()).map_err(|error| RenderError::DeviceLost(one_line(&error.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_answers_in_time_on_any_machine() {
        let start = std::time::Instant::now();
        let adapters = probe();
        // It waits for two seconds at most; a busy machine may need some more to go on.
        assert!(start.elapsed() < Duration::from_secs(10));
        assert!(adapters.windows(2).all(|pair| pair[0].kind <= pair[1].kind), "the best adapter comes first");
    }

    #[test]
    fn the_first_fault_is_kept_and_told_once() {
        let faults = Faults::default();
        assert_eq!(faults.check(), Ok(()));
        faults.report(RenderError::OutOfMemory);
        faults.report(RenderError::NoAdapter);
        assert_eq!(faults.check(), Err(RenderError::OutOfMemory));
        assert_eq!(faults.check(), Ok(()));
        assert!(!faults.is_device_lost());
        faults.report(RenderError::DeviceLost("unplugged".to_owned()));
        assert!(faults.check().is_err() && faults.is_device_lost(), "a loss is for ever");
    }
}
