//! Mixture of experts: each token goes through the few experts that a gate gives it to, and through a
//! shared one.

use burn::tensor::{Int, TensorData, activation::softmax};

use super::grouped::Stacked;
use crate::engine::layers::{Activation, Mlp};
use crate::engine::weights::{Precision, Weights};
use crate::engine::{Backend, Device, Tensor};

/// `blocks.N.moe`: `Σ score_e · Expert_e(y) + Shared(y)` over the `top_k` experts of highest score.
///
/// Scores are a softmax over all experts and are not made to sum to 1 after the choice.
pub struct Experts {
    /// `[width, experts]`, in `f32`: near ties would fall differently in 16 bits.
    gate: Tensor<2>,
    experts: Kept,
    shared: Mlp,
    top_k: usize,
}

/// How the experts are kept and run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// One after another, each with just its tokens: the choice is read back first. For the processor.
    Apart,
    /// All in one product of a fixed shape, without the host. For cards.
    Together,
}

enum Kept {
    Apart(Vec<Mlp>),
    Together(Box<Stacked>),
}

/// Which experts each token goes through.
#[derive(Clone, Debug, PartialEq)]
pub struct Routing {
    /// `top_k` experts for each token, by falling score; of equal scores the first expert is chosen.
    pub experts: Vec<usize>,
    /// Their scores.
    pub scores: Vec<f32>,
    /// Experts per token.
    pub top_k: usize,
}

impl Experts {
    /// `sizes` are the number of experts and how many of them a token goes through.
    pub fn load(w: &Weights, width: usize, hidden: usize, sizes: [usize; 2]) -> Self {
        let is_card = !matches!(w.device(), Device::Flex(_));
        let arrangement = if is_card { Arrangement::Together } else { Arrangement::Apart };
        Self::load_as(arrangement, w, width, hidden, sizes)
    }

    /// The same, in a chosen arrangement.
    pub fn load_as(arrangement: Arrangement, w: &Weights, width: usize, hidden: usize, sizes: [usize; 2]) -> Self {
        let expert = |w: Weights| {
            let names = ["0.proj", "2"];
            Mlp::load(&w.at("net"), names, [width, hidden, width], Activation::Gelu)
        };
        Self {
            gate: w.at("gate").exact("weight", [sizes[0], width]).transpose(),
            experts: match arrangement {
                Arrangement::Apart => Kept::Apart((0..sizes[0]).map(|e| expert(w.at("experts").at(e))).collect()),
                Arrangement::Together => Kept::Together(Box::new(Stacked::load(w, [width, hidden], sizes[0]))),
            },
            shared: expert(w.at("shared_experts")),
            top_k: sizes[1],
        }
    }

    /// # Shapes
    /// - input, output: `[batch, tokens, width]`
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let shape = x.dims();
        let tokens = x.reshape([shape[0] * shape[1], shape[2]]);
        let routed = match &self.experts {
            Kept::Apart(_) => self.routed(tokens.clone(), &self.route(tokens.clone())),
            Kept::Together(stacked) => stacked.forward(tokens.clone(), self.scores(tokens.clone()), self.top_k),
        };
        (routed + self.shared.forward(tokens)).reshape(shape)
    }

    /// Scores of all experts.
    ///
    /// # Shapes
    /// - tokens: `[tokens, width]`
    /// - output: `[tokens, experts]`, each row summing to 1
    pub fn scores(&self, tokens: Tensor<2>) -> Tensor<2> {
        softmax(tokens.cast(Precision::F32.dtype()).matmul(self.gate.clone()), 1)
    }

    /// The choice for each token.
    ///
    /// # Shapes
    /// - tokens: `[tokens, width]`
    pub fn route(&self, tokens: Tensor<2>) -> Routing {
        let scores: Vec<f32> = self.scores(tokens).into_data().iter().collect();
        let mut routing = Routing { experts: Vec::new(), scores: Vec::new(), top_k: self.top_k };
        for scores in scores.chunks_exact(self.count()) {
            let mut order: Vec<usize> = (0..scores.len()).collect();
            // Stable: of equal scores the first expert stays first.
            order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
            for &expert in &order[..self.top_k] {
                routing.experts.push(expert);
                routing.scores.push(scores[expert]);
            }
        }
        routing
    }

    /// The weighted sum over the chosen experts.
    ///
    /// # Shapes
    /// - tokens, output: `[tokens, width]`
    pub fn routed(&self, tokens: Tensor<2>, routing: &Routing) -> Tensor<2> {
        let device = tokens.device();
        let [count, _] = tokens.dims();
        let indices = |list: Vec<i64>| {
            let length = list.len();
            burn::tensor::Tensor::<Backend, 1, Int>::from_data(TensorData::new(list, [length]), &device)
        };
        // The tokens of expert 0, then those of expert 1, …; `slots` says where each choice went.
        let mut slots = vec![0_i64; routing.experts.len()];
        let mut outputs = Vec::new();
        let mut filled = 0;
        for number in 0..self.count() {
            let chosen: Vec<usize> =
                routing.experts.iter().enumerate().filter(|(_, e)| **e == number).map(|(choice, _)| choice).collect();
            if chosen.is_empty() {
                continue;
            }
            for (position, choice) in chosen.iter().enumerate() {
                slots[*choice] = (filled + position) as i64;
            }
            let rows: Vec<i64> = chosen.iter().map(|choice| (choice / routing.top_k) as i64).collect();
            filled += rows.len();
            outputs.push(self.expert(Some(number), tokens.clone().select(0, indices(rows))));
        }
        let outputs = Tensor::cat(outputs, 0);
        // Gathered, not scattered: the order of the sum is that of the choices, on every device.
        let part = |k: usize| {
            let every = |from: &[i64]| from.iter().skip(k).step_by(routing.top_k).copied().collect::<Vec<_>>();
            let scores: Vec<f32> = routing.scores.iter().skip(k).step_by(routing.top_k).copied().collect();
            let scores = Tensor::<2>::from_data(TensorData::new(scores, [count, 1]), &device);
            outputs.clone().select(0, indices(every(&slots))) * scores.cast(tokens.dtype())
        };
        (1..routing.top_k).fold(part(0), |sum, k| sum + part(k))
    }

    /// Expert `number` on all tokens; `None` for the shared one.
    ///
    /// # Shapes
    /// - tokens, output: `[tokens, width]`
    pub fn expert(&self, number: Option<usize>, tokens: Tensor<2>) -> Tensor<2> {
        match (&self.experts, number) {
            (Kept::Apart(experts), Some(number)) => experts[number].forward(tokens),
            (Kept::Together(stacked), Some(number)) => stacked.one(number, tokens),
            (_, None) => self.shared.forward(tokens),
        }
    }

    fn count(&self) -> usize {
        match &self.experts {
            Kept::Apart(experts) => experts.len(),
            Kept::Together(stacked) => stacked.count(),
        }
    }
}
