//! Experts in products of fixed shapes, chosen on the device: nothing is read back, so the host can give
//! orders for many blocks ahead, and kernels and memory are those of the block before.
//!
//! The choices are laid out by expert, each expert's rows filled up to whole tiles. There are
//! `⌈choices / tile⌉ + experts` tiles however the choices fall; each is multiplied by the weights of its
//! expert, which are copied beside it.

use burn::tensor::activation::gelu;
use burn::tensor::{Int, Tensor as AnyTensor};

use crate::engine::weights::Weights;
use crate::engine::{Backend, Tensor};

type Indices<const D: usize> = AnyTensor<Backend, D, Int>;

/// Tiles that the choices would fill if they fell evenly, per expert: more waste less of the product, fewer
/// copy less weights.
const TILES_PER_EXPERT: usize = 2;
/// So many tiles are multiplied at once, since their weights are copied.
pub(in super::super) const TILES_AT_ONCE: usize = 8;
/// A tile has a multiple of so many rows, as kernels want them.
const TILE_ROWS: usize = 64;
/// Sums run within so many rows first, then over their totals: a device takes a running sum step by step.
const SUM_ROWS: usize = 128;

/// The maps of all experts, one after another.
pub(super) struct Stacked {
    /// `[experts · hidden, width]`
    inner: Tensor<2>,
    inner_bias: Tensor<1>,
    /// `[experts · width, hidden]`
    outer: Tensor<2>,
    outer_bias: Tensor<1>,
    widths: [usize; 2],
    count: usize,
}

impl Stacked {
    /// `widths` are those of the tokens and of the hidden layer.
    pub fn load(w: &Weights, widths: [usize; 2], count: usize) -> Self {
        let [width, hidden] = widths;
        let names = |what: &str| (0..count).map(|e| format!("experts.{e}.net.{what}")).collect::<Vec<_>>();
        Self {
            inner: w.stacked(&names("0.proj.weight"), [hidden, width]),
            inner_bias: w.stacked(&names("0.proj.bias"), [hidden]),
            outer: w.stacked(&names("2.weight"), [width, hidden]),
            outer_bias: w.stacked(&names("2.bias"), [width]),
            widths,
            count,
        }
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// One expert on `[tokens, width]`.
    pub fn one(&self, number: usize, tokens: Tensor<2>) -> Tensor<2> {
        let [width, hidden] = self.widths;
        let map = |x: Tensor<2>, weight: &Tensor<2>, bias: &Tensor<1>, size: usize| {
            let weight = weight.clone().narrow(0, number * size, size).transpose();
            x.matmul(weight) + bias.clone().narrow(0, number * size, size).unsqueeze_dim(0)
        };
        map(gelu(map(tokens, &self.inner, &self.inner_bias, hidden)), &self.outer, &self.outer_bias, width)
    }

    /// The weighted sum over the `top_k` experts that `scores` chooses.
    ///
    /// # Shapes
    /// - tokens, output: `[tokens, width]`
    /// - scores: `[tokens, experts]`, in `f32`
    pub fn forward(&self, tokens: Tensor<2>, scores: Tensor<2>, top_k: usize) -> Tensor<2> {
        let [_, width] = tokens.dims();
        let choice = Choice::of(scores, top_k);
        let layout = Layout::of(&choice);
        let tiles = tokens.clone().select(0, layout.rows).reshape([layout.tiles, layout.tile, width]);
        let some = |first: usize| {
            let count = TILES_AT_ONCE.min(layout.tiles - first);
            self.tiles(tiles.clone().narrow(0, first, count), layout.experts.clone().narrow(0, first, count))
        };
        let outputs = AnyTensor::cat((0..layout.tiles).step_by(TILES_AT_ONCE).map(some).collect(), 0);
        let outputs = outputs.reshape([layout.tiles * layout.tile, width]);
        // Gathered, not scattered: the order of the sum is that of the choices, on every device.
        let part = |k: usize| {
            let slots: Indices<1> = layout.slots.clone().narrow(1, k, 1).squeeze_dim(1);
            outputs.clone().select(0, slots) * choice.scores.clone().narrow(1, k, 1).cast(tokens.dtype())
        };
        (1..top_k).fold(part(0), |sum, k| sum + part(k))
    }

    /// Each tile through its expert.
    ///
    /// # Shapes
    /// - x, output: `[tiles, rows, width]`
    /// - experts: `[tiles]`
    fn tiles(&self, x: Tensor<3>, experts: Indices<1>) -> Tensor<3> {
        let [width, hidden] = self.widths;
        let map = |x: Tensor<3>, weight: &Tensor<2>, bias: &Tensor<1>, [from, to]: [usize; 2]| {
            let weight = weight.clone().reshape([self.count, to, from]).select(0, experts.clone());
            let bias = bias.clone().reshape([self.count, 1, to]).select(0, experts.clone());
            x.matmul(weight.swap_dims(1, 2)) + bias
        };
        let x = gelu(map(x, &self.inner, &self.inner_bias, [width, hidden]));
        map(x, &self.outer, &self.outer_bias, [hidden, width])
    }
}

/// Which experts each token goes through, on the device.
struct Choice {
    /// `[tokens, top_k, experts]`: 1 where an expert is the k-th of a token; of equal scores the first
    /// expert comes first.
    is_chosen: Indices<3>,
    /// `[tokens, top_k]`
    scores: Tensor<2>,
}

impl Choice {
    fn of(scores: Tensor<2>, top_k: usize) -> Self {
        let [tokens, experts] = scores.dims();
        let device = scores.device();
        let mine: Tensor<3> = scores.clone().unsqueeze_dim::<3>(2).expand([tokens, experts, experts]);
        let theirs: Tensor<3> = scores.clone().unsqueeze_dim::<3>(1).expand([tokens, experts, experts]);
        let number = Indices::<1>::arange(0..experts as i64, &device);
        let [before, this] = [0, 1].map(|axis| number.clone().unsqueeze_dim::<2>(axis).expand([experts, experts]));
        let comes_first = before.lower(this).int().unsqueeze_dim::<3>(0);
        let above = theirs.clone().greater(mine.clone()).int();
        let equal = theirs.equal(mine).int() * comes_first;
        let rank: Indices<3> = (above + equal).sum_dim(2).swap_dims(1, 2);
        let wanted = Indices::<1>::arange(0..top_k as i64, &device).reshape([1, top_k, 1]);
        let is_chosen = rank.expand([tokens, top_k, experts]).equal(wanted.expand([tokens, top_k, experts])).int();
        let every: Tensor<3> = scores.unsqueeze_dim::<3>(1).expand([tokens, top_k, experts]);
        let scores = (every * is_chosen.clone().float()).sum_dim(2).squeeze_dim(2);
        Self { is_chosen, scores }
    }
}

/// Where the choices lie.
struct Layout {
    tiles: usize,
    /// Rows of a tile.
    tile: usize,
    /// `[tiles · tile]`: the token of each row; any for rows that are not used.
    rows: Indices<1>,
    /// `[tiles]`
    experts: Indices<1>,
    /// `[tokens, top_k]`: the row of each choice.
    slots: Indices<2>,
}

impl Layout {
    fn of(choice: &Choice) -> Self {
        let [tokens, top_k, experts] = choice.is_chosen.dims();
        let device = choice.is_chosen.device();
        let choices = tokens * top_k;
        let tile = choices.div_ceil(TILES_PER_EXPERT * experts).next_multiple_of(TILE_ROWS);
        let tiles = choices.div_ceil(tile) + experts;
        let chosen = choice.is_chosen.clone().reshape([choices, experts]);
        let counted = running_sum(chosen.clone());
        let counts = chosen.clone().sum_dim(0);
        let filled = (counts + (tile as i64 - 1)).div_scalar(tile as i64);
        // First tile of each expert.
        let first = filled.clone().cumsum(1) - filled;
        // 1 for the first of an expert's choices, so 1 less.
        let place = first.clone() * (tile as i64) + counted - 1;
        // Numbers that are none choose all experts or no expert: the result is none either, but no other memory
        // is touched.
        let slots = (place * chosen).sum_dim(1).reshape([choices]).clamp(0, (tiles * tile - 1) as i64);
        let token = Indices::<1>::arange(0..choices as i64, &device).div_scalar(top_k as i64);
        let rows = Indices::<1>::zeros([tiles * tile], &device);
        // No two choices have the same row, so the order of the sum does not matter.
        let rows = rows.scatter(0, slots.clone(), token, burn::tensor::IndexingUpdateOp::Add);
        let number = Indices::<1>::arange(0..tiles as i64, &device).unsqueeze_dim::<2>(1).expand([tiles, experts]);
        // The last expert that begins here or before; an expert without choices begins where the next does.
        let experts = number.greater_equal(first.expand([tiles, experts])).int().sum_dim(1).reshape([tiles]) - 1;
        Self { tiles, tile, rows, experts, slots: slots.reshape([tokens, top_k]) }
    }
}

/// Sums of each column from the top, that of the own row included.
fn running_sum(x: Indices<2>) -> Indices<2> {
    let [rows, columns] = x.dims();
    let blocks = rows.div_ceil(SUM_ROWS);
    let padding = Indices::<2>::zeros([blocks * SUM_ROWS - rows, columns], &x.device());
    let x = if blocks * SUM_ROWS > rows { AnyTensor::cat(vec![x, padding], 0) } else { x };
    let inner = x.reshape([blocks, SUM_ROWS, columns]).cumsum(1);
    let totals = inner.clone().narrow(1, SUM_ROWS - 1, 1);
    let before = totals.clone().cumsum(0) - totals;
    (inner + before).reshape([blocks * SUM_ROWS, columns]).narrow(0, 0, rows)
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::engine::Device;

    fn scores(rows: &[[f32; 4]]) -> Tensor<2> {
        let flat: Vec<f32> = rows.iter().flatten().copied().collect();
        Tensor::from_data(TensorData::new(flat, [rows.len(), 4]), &Device::Flex(Default::default()))
    }

    fn ints<const D: usize>(x: Indices<D>) -> Vec<i64> {
        x.into_data().iter::<i64>().collect()
    }

    /// Scores that favour the experts of lower numbers, with ties, and none for the last.
    fn many(count: usize) -> Vec<[f32; 4]> {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as f32 / 32.0
        };
        (0..count).map(|_| [next().floor() + 3.0, next().floor() + 1.0, next().floor(), -1.0]).collect()
    }

    #[test]
    fn every_choice_has_a_row_of_its_own_in_a_tile_of_its_expert() {
        for count in [1, 5, 300, 1000] {
            let rows = many(count);
            let choice = Choice::of(scores(&rows), 2);
            let layout = Layout::of(&choice);
            let (slots, tokens, experts) = (ints(layout.slots), ints(layout.rows), ints(layout.experts));
            assert_eq!((tokens.len(), experts.len()), (layout.tiles * layout.tile, layout.tiles));
            let mut taken = std::collections::BTreeSet::new();
            for (number, slot) in slots.iter().enumerate() {
                let (token, k) = (number / 2, number % 2);
                let mut order = [0, 1, 2, 3];
                order.sort_by(|a, b| rows[token][*b].total_cmp(&rows[token][*a]));
                assert_eq!(experts[*slot as usize / layout.tile], order[k] as i64, "token {token} of {count}");
                assert_eq!(tokens[*slot as usize], token as i64);
                assert!(taken.insert(*slot), "row {slot} is taken twice");
            }
        }
    }

    #[test]
    fn numbers_that_are_none_lead_nowhere_else() {
        let mut rows = many(200);
        rows[3] = [f32::NAN; 4];
        rows[70] = [f32::NAN, 1.0, f32::INFINITY, 0.0];
        let layout = Layout::of(&Choice::of(scores(&rows), 2));
        let inside = 0..(layout.tiles * layout.tile) as i64;
        assert!(ints(layout.slots).iter().all(|slot| inside.contains(slot)));
        assert!(ints(layout.experts).iter().all(|expert| (0..4).contains(expert)));
        assert!(ints(layout.rows).iter().all(|token| (0..200).contains(token)));
    }

    #[test]
    fn running_sums_go_over_all_rows() {
        let x: Vec<i64> = (0..600).map(|k| k * k % 7).collect();
        let tensor = Indices::<2>::from_data(TensorData::new(x.clone(), [300, 2]), &Device::Flex(Default::default()));
        let found = ints(running_sum(tensor));
        let mut sums = [0; 2];
        for (k, value) in x.iter().enumerate() {
            sums[k % 2] += value;
            assert_eq!(found[k], sums[k % 2]);
        }
    }
}
