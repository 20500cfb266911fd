//! The sizes of the network.

use super::trunk::Sizes;

/// The same as in the trainer. A network runs on pictures of any side that is a multiple of 16; the
/// number of samples along z stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnsConfig {
    /// Its name, as in the weights' notes.
    pub name: &'static str,
    /// Side of the pictures that it was trained on last, in pixels.
    pub side: usize,
    /// Samples of a column, along z.
    pub bins: usize,
    /// All but the heads.
    pub trunk: Sizes,
    /// Hidden channels of the column head.
    pub column_hidden: usize,
    /// Hidden channels of the picture head, at the full side.
    pub picture_hidden: usize,
}

impl ColumnsConfig {
    /// 5 million parameters: ships inside the program.
    pub const S: Self = Self {
        name: "S",
        side: 128,
        bins: 64,
        trunk: Sizes {
            stem: 24,
            fine: 64,
            coarse: 128,
            token: 160,
            heads: 8,
            encoder_blocks: 3,
            decoder_blocks: 2,
            transformer_blocks: 9,
            last: 48,
        },
        column_hidden: 96,
        picture_hidden: 16,
    };
    /// Twice the widths and twice the side of [`ColumnsConfig::S`].
    pub const L: Self = Self {
        name: "L",
        side: 256,
        bins: 128,
        trunk: Sizes { stem: 48, fine: 128, coarse: 256, token: 320, transformer_blocks: 5, last: 96, ..Self::S.trunk },
        column_hidden: 192,
        picture_hidden: 24,
    };

    /// The configuration of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::S, Self::L].into_iter().find(|config| config.name == name)
    }
}
