//! What can go wrong between a mesh and a picture of it.

use crate::mesh::MeshError;

/// Why nothing could be drawn.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RenderError {
    /// No graphics adapter, not even a software one.
    #[error(
        "no graphics adapter was found; install the driver of your graphics card, or Mesa's software Vulkan \
         (Debian, Ubuntu: `apt install mesa-vulkan-drivers libvulkan1`; Fedora: `dnf install mesa-vulkan-drivers`; \
         Arch: `pacman -S vulkan-swrast`)"
    )]
    NoAdapter,
    /// The adapter is there but gives no device.
    #[error("the graphics adapter {adapter} could not be used ({reason}); updating its driver may help")]
    NoDevice {
        /// Name of the adapter.
        adapter: String,
        /// What the driver said.
        reason: String,
    },
    /// The driver was reset, the card was taken away or put to sleep.
    #[error("the graphics device was lost ({0}); try again, and update its driver if this repeats")]
    DeviceLost(String),
    /// Not enough graphics memory.
    #[error("the graphics memory is not enough; close other programs, or ask for a smaller picture or a smaller mesh")]
    OutOfMemory,
    /// The driver or this program broke a rule of the graphics interface.
    #[error("the graphics driver refused to draw ({0})")]
    Device(String),
    /// The picture has no pixels.
    #[error("the picture must be at least 1 × 1 pixels")]
    ZeroSize,
    /// The picture is larger than the device can make.
    #[error("the picture would be {width} × {height} pixels, more than the {max} × {max} that this device can make")]
    PictureTooLarge {
        /// Asked width in pixels.
        width: u32,
        /// Asked height in pixels.
        height: u32,
        /// Longest side that the device takes, in pixels.
        max: u32,
    },
    /// The mesh cannot be drawn.
    #[error("the mesh cannot be drawn: {0}")]
    Mesh(#[from] MeshError),
    /// All triangles are points or lines.
    #[error("nothing of the mesh can be seen: none of its triangles has an area")]
    NoArea,
    /// Far smaller or larger than anything that is made: the numbers of the picture would run out of digits.
    #[error(
        "a mesh of {0:e} mm cannot be drawn; give it another size first, for example with `orfeas convert --height`"
    )]
    Size(f32),
    /// A user's environment picture cannot be used.
    #[error("the environment picture cannot be used: {0}")]
    Environment(String),
}
