//! The sizes of the network.

/// Widths of the levels, the finest first; each level has half the side of the one before.
///
/// The same as in the trainer. A network runs on pictures of any side that is a multiple of 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatteConfig {
    /// Its name, as in the weights' notes.
    pub name: &'static str,
    /// Side of the pictures that it is meant for, in pixels.
    pub side: usize,
    /// Channels at half the side.
    pub stem: usize,
    /// Channels at a quarter of the side.
    pub fine: usize,
    /// Channels at an eighth of the side.
    pub coarse: usize,
    /// Width of the tokens, at a sixteenth of the side.
    pub token: usize,
    /// Heads of the transformer.
    pub heads: usize,
    /// Residual blocks per level on the way down.
    pub encoder_blocks: usize,
    /// Residual blocks per level on the way up.
    pub decoder_blocks: usize,
    /// Transformer blocks.
    pub transformer_blocks: usize,
    /// Channels at half the side, on the way up.
    pub last: usize,
    /// Channels at the full side.
    pub detail: usize,
}

impl MatteConfig {
    /// 1.2 million parameters.
    pub const M: Self = Self {
        name: "M",
        side: 256,
        stem: 16,
        fine: 32,
        coarse: 64,
        token: 128,
        heads: 4,
        encoder_blocks: 2,
        decoder_blocks: 1,
        transformer_blocks: 4,
        last: 24,
        detail: 8,
    };

    /// The configuration of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::M].into_iter().find(|config| config.name == name)
    }
}
