//! The sizes of the network.

use crate::engine::models::columns::trunk::Sizes;

/// The same as in the trainer. A network runs on pictures of any side that is a multiple of 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatteConfig {
    /// Its name, as in the weights' notes.
    pub name: &'static str,
    /// Side of the pictures that it is meant for, in pixels.
    pub side: usize,
    /// All but the head.
    pub trunk: Sizes,
    /// Channels at the full side.
    pub detail: usize,
}

impl MatteConfig {
    /// 1.2 million parameters.
    pub const M: Self = Self {
        name: "M",
        side: 256,
        trunk: Sizes {
            stem: 16,
            fine: 32,
            coarse: 64,
            token: 128,
            heads: 4,
            encoder_blocks: 2,
            decoder_blocks: 1,
            transformer_blocks: 4,
            last: 24,
        },
        detail: 8,
    };

    /// The configuration of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::M].into_iter().find(|config| config.name == name)
    }
}
