//! Opens the window, and opens it anew when the graphics device is lost.

mod fonts;

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};

use super::trial::Suspect;
use super::viewport;
use super::{Options, Studio};
use crate::background;
use crate::mishap::end_process;
use crate::render::Faults;

/// Tells a window when (seconds since 1970) the one before it lost its device.
const RESTART_VARIABLE: &str = "ORFEAS_RESTARTED_AT";
/// A device that is lost again within this time will be lost again and again. That a window stands in for another one
/// counts for as long: whatever it starts has the variable as well.
pub(super) const TOO_SOON: Duration = Duration::from_secs(30);
/// Longest wait for the window before to end.
const HANDOVER: Duration = Duration::from_secs(5);

/// Opens the window and returns when it is closed.
///
/// # Errors
/// When the system gives no window or no graphics adapter; the text says what to do.
pub fn run(options: Options) -> anyhow::Result<()> {
    survive_loss(options.faults.clone(), options.trial.suspect.clone());
    let opened = open(options);
    if let Err(error) = &opened {
        tell_without_terminal(&error.to_string());
    }
    opened
}

fn open(options: Options) -> anyhow::Result<()> {
    let icon = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon.png")).unwrap_or_default();
    let native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_app_id("orfeas")
            .with_icon(icon)
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([720.0, 480.0])
            .with_drag_and_drop(true),
        ..Default::default()
    };
    let can_drop = can_drop(|name| std::env::var_os(name));
    let create = move |cc: &eframe::CreationContext<'_>| {
        let gpu = cc.wgpu_render_state.as_ref();
        background::set_card(gpu.is_some() && !viewport::is_drawn_by_processor(gpu));
        fonts::install(&cc.egui_ctx);
        let mut studio = Studio::new(&cc.egui_ctx, gpu, options);
        studio.can_drop = can_drop;
        Ok(Box::new(studio) as Box<dyn eframe::App>)
    };
    eframe::run_native("ORFEAS Studio", native, Box::new(create)).map_err(|error| {
        anyhow::anyhow!(
            "the window could not be opened ({error}); the command line works without one: see `orfeas --help`. \
             On Linux a display and a Vulkan or OpenGL driver are needed (Debian: mesa-vulkan-drivers)"
        )
    })
}

/// Whether files can be dropped on a window that is opened now. On Wayland winit tells of none, and it takes Wayland
/// where there is one. `variable` knows the environment.
fn can_drop(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let has_wayland =
        ["WAYLAND_DISPLAY", "WAYLAND_SOCKET"].iter().any(|name| variable(name).is_some_and(|v| !v.is_empty()));
    cfg!(any(target_os = "windows", target_os = "macos")) || !has_wayland
}

/// Whether this window stands in for one that lost its device a moment ago.
pub(super) fn is_anew() -> bool {
    is_recent(std::env::var(RESTART_VARIABLE).ok().as_deref(), now_secs())
}

/// Whether the device was lost at the time that [`RESTART_VARIABLE`] tells, and a moment before `now_secs`.
fn is_recent(lost_at: Option<&str>, now_secs: u64) -> bool {
    let lost_at = lost_at.and_then(|at| at.parse::<u64>().ok());
    lost_at.is_some_and(|at| now_secs.abs_diff(at) < TOO_SOON.as_secs())
}

/// Seconds since 1970.
fn now_secs() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// How long this window waits for the one that it stands in for to let go of the picture list: where a
/// process cannot be replaced, both run for a moment.
pub(super) fn patience() -> Duration {
    if is_anew() { HANDOVER } else { Duration::ZERO }
}

/// Opens the window anew where a thread panics because the device is lost: egui does, when the loss
/// comes while it draws. Before it unwinds, since its destructors panic as well, which ends the program.
/// The picture list was written a second ago at most.
fn survive_loss(faults: Faults, suspect: Suspect) {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if faults.is_device_lost() {
            replace_window(&suspect);
        }
        tell(panic);
    }));
}

/// Opens the window anew in the place of this one, which ends here. The next one leaves the `suspect` unread.
pub(super) fn replace_window(suspect: &Suspect) -> ! {
    let ended = open_anew(suspect);
    if let Err(error) = &ended {
        tracing::error!("{error:#}");
    }
    end_process(u8::from(ended.is_err()));
}

/// Starts the program over: a device cannot be replaced under a running window.
fn open_anew(suspect: &Suspect) -> anyhow::Result<()> {
    if is_anew() {
        let text = lost_twice(suspect.name().as_deref());
        tell_without_terminal(&text);
        bail!(text);
    }
    let program = std::env::current_exe().context("the window could not be opened anew")?;
    let mut command = Command::new(program);
    command.env(RESTART_VARIABLE, now_secs().to_string());
    start(command).context("the window could not be opened anew")
}

/// What is told where the device is lost again at once, while the mesh of this name was shown.
fn lost_twice(shown: Option<&str>) -> String {
    let next =
        shown.map(|name| format!("; at the next start the mesh of {name} is not shown until you ask for it (Ctrl+R)"));
    format!(
        "the graphics device was lost twice in a short time; update its driver, or use the command line: see \
         `orfeas --help`. The picture list is kept{}",
        next.unwrap_or_default()
    )
}

/// Replaces this process, so that its lock on the picture list is gone.
#[cfg(unix)]
fn start(mut command: Command) -> std::io::Result<()> {
    Err(std::os::unix::process::CommandExt::exec(&mut command))
}

/// Starts another one; see [`patience`].
#[cfg(not(unix))]
fn start(mut command: Command) -> std::io::Result<()> {
    command.spawn().map(|_| ())
}

/// Shows an error to those who started the program by a click.
fn tell_without_terminal(text: &str) {
    let displays = ["DISPLAY", "WAYLAND_DISPLAY"];
    let has_display = !cfg!(target_os = "linux") || displays.iter().any(|name| std::env::var_os(name).is_some());
    if has_display && !std::io::stderr().is_terminal() {
        let dialog = rfd::MessageDialog::new().set_level(rfd::MessageLevel::Error).set_title("ORFEAS Studio");
        dialog.set_description(text).show();
    }
}

/// Takes over what `faults` are reported by the window's device.
pub(super) fn watch(faults: &Faults, gpu: Option<&egui_wgpu::RenderState>) {
    if let Some(gpu) = gpu {
        faults.watch(&gpu.device);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn only_windows_that_hear_of_dropped_files_ask_for_them() {
        let with = |set: &[(&str, &str)]| can_drop(|name| Some(set.iter().find(|(other, _)| *other == name)?.1.into()));
        assert!(with(&[("DISPLAY", ":0")]));
        assert!(with(&[("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "")]));
        assert!(!with(&[("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-0")]));
        assert!(!with(&[("WAYLAND_SOCKET", "7")]));
    }

    #[test]
    fn who_loses_the_device_twice_is_told_which_mesh_the_next_start_leaves_out() {
        let told = lost_twice(Some("part.obj"));
        assert!(told.contains("the mesh of part.obj is not shown until you ask for it (Ctrl+R)"), "{told}");
        assert!(told.contains("update its driver") && told.contains("orfeas --help"), "{told}");
        let told = lost_twice(None);
        assert!(told.ends_with("The picture list is kept"), "{told}");
    }

    #[test]
    fn a_window_stands_in_for_one_that_lost_its_device_a_moment_ago_only() {
        assert!(is_recent(Some("1000"), 1000) && is_recent(Some("1000"), 1003));
        // Of a file manager that was started from such a window.
        assert!(!is_recent(Some("1000"), 1060));
        assert!(!is_recent(None, 1000) && !is_recent(Some("soon"), 1000));
    }
}
