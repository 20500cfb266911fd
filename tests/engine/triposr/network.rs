//! From the picture to scene codes.

use std::sync::Mutex;

use burn::tensor::TensorData;
use orfeas::engine::Tensor;
use orfeas::engine::models::triposr::picture::{ModelPicture, resize};
use orfeas::engine::models::triposr::tokenizer::normalized;
use orfeas::engine::models::triposr::{TripoSr, codes_to_numbers};
use orfeas::progress::{CancelToken, Monitor, Progress};

use super::network;
use crate::support::{Vectors, device};

/// The picture of a file at the model's size.
fn picture(v: &Vectors, model: &TripoSr) -> ModelPicture {
    let shape = v.shape("in.image");
    let side_px = model.config().cond_image_size;
    ModelPicture { side_px, rgb: resize(&v.floats("in.image"), [shape[0], shape[1]], side_px) }
}

fn images(picture: &ModelPicture) -> Tensor<4> {
    let side = picture.side_px;
    Tensor::from_data(TensorData::new(picture.rgb.clone(), [1, side, side, 3]), &device())
}

#[test]
fn pictures_become_the_tokens_of_the_reference() {
    let Some(v) = Vectors::open("triposr/model") else { return };
    let model = network(&v);
    let picture = picture(&v, &model);
    v.expect_floats("out.image_resized", &picture.rgb, 1e-6);
    let (tokenizer, ..) = model.parts();
    let pixels = normalized(images(&picture));
    v.expect("vit.normalized", &pixels, 1e-4);
    v.expect("vit.patch_embed", &tokenizer.patch_tokens(pixels.clone()), 1e-4);
    let config = &model.config();
    let side = config.cond_image_size / config.vit.patch_size;
    v.expect("vit.pos_embed_4_35", &tokenizer.positions(side, side), 1e-4);
    v.expect("vit.embeddings", &tokenizer.embed(pixels), 1e-4);
    let mut each = |index: usize, x: &Tensor<3>| {
        v.expect(&format!("vit.layer{index}.out"), x, 1e-4);
        Ok(())
    };
    let tokens = tokenizer.forward(images(&picture), &mut each).unwrap();
    v.expect("image_tokens_BNvCNt", &tokens.swap_dims(1, 2).unsqueeze_dim::<4>(1), 1e-4);
}

#[test]
fn tokens_become_the_planes_of_the_reference() {
    let Some(v) = Vectors::open("triposr/model") else { return };
    let model = network(&v);
    let (_, backbone, upsampler) = model.parts();
    let context = v.tensor::<4>("out.image_tokens_BNvCNt").squeeze_dim::<3>(1).swap_dims(1, 2);
    v.expect("triplane_tokens", &backbone.tokens().swap_dims(1, 2), 1e-4);
    v.expect("backbone.group_norm", &backbone.normalized().swap_dims(1, 2), 1e-4);
    let mut z = backbone.enter();
    v.expect("backbone.proj_in", &z, 1e-4);
    for (index, block) in backbone.blocks().iter().enumerate() {
        let expect = |part: &str, after: &Tensor<3>, before: &Tensor<3>| {
            v.expect(&format!("backbone.block{index}.{part}"), &(after.clone() - before.clone()), 1e-4);
        };
        let attended = block.self_attend(z.clone());
        expect("attn1", &attended, &z);
        let crossed = block.cross_attend(attended.clone(), &context);
        expect("attn2", &crossed, &attended);
        z = block.feed_forward(crossed.clone());
        expect("ff", &z, &crossed);
        v.expect(&format!("backbone.block{index}.out"), &z, 1e-4);
    }
    v.expect("backbone.out", &backbone.leave(z.clone()).swap_dims(1, 2), 1e-4);
    let planes = backbone.forward(context, &mut |_, _| Ok(())).unwrap();
    v.expect("planes_before_upsample", &planes.clone().permute([0, 1, 4, 2, 3]), 1e-4);
    v.expect("scene_codes", &upsampler.forward(planes), 2e-4);
}

#[test]
fn pictures_become_the_scene_codes_of_the_reference() {
    let Some(v) = Vectors::open("triposr/model") else { return };
    let model = network(&v);
    let codes = model.scene_codes(&[picture(&v, &model)], &Monitor::silent()).unwrap();
    v.expect("scene_codes", &codes, 2e-4);
}

#[test]
fn pictures_together_give_what_each_gives_alone() {
    let Some(v) = Vectors::open("triposr/model") else { return };
    let model = network(&v);
    let first = picture(&v, &model);
    let mirrored = first.rgb.chunks_exact(3).rev().flatten().copied().collect();
    let second = ModelPicture { rgb: mirrored, ..first.clone() };
    let codes =
        |pictures: &[ModelPicture]| codes_to_numbers(model.scene_codes(pictures, &Monitor::silent()).unwrap()).unwrap();
    let together = codes(&[first.clone(), second.clone(), first.clone()]);
    assert_eq!(together.shape[0], 3);
    for (number, alone) in [&first, &second, &first].into_iter().map(|p| codes(std::slice::from_ref(p))).enumerate() {
        let [ours, theirs] = [together.picture(number, &device()), alone.picture(0, &device())]
            .map(|codes| codes.unwrap().to_data().to_vec::<f32>().unwrap());
        assert_eq!(ours, theirs, "picture {number} of 3");
    }
    assert!(together.picture(3, &device()).is_none());

    // In one pass, products of other sizes round otherwise.
    let both = Tensor::cat(vec![images(&first), images(&second)], 0);
    let batch = codes_to_numbers(model.forward(both, &Monitor::silent()).unwrap()).unwrap();
    let error = batch.numbers.iter().zip(&together.numbers).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    eprintln!("scene codes of a batch differ by {error:.2e} (tolerance 2e-4)");
    assert!(error <= 2e-4, "{error}");
}

#[test]
fn every_layer_is_reported_and_can_be_the_last() {
    let Some(v) = Vectors::open("triposr/model") else { return };
    let model = network(&v);
    let picture = picture(&v, &model);
    let seen = Mutex::new(Vec::new());
    let (never, sink) = (CancelToken::new(), |p: Progress| seen.lock().unwrap().push(p));
    model.forward(images(&picture), &Monitor::new(&never, &sink)).unwrap();
    let seen = seen.into_inner().unwrap();
    let layers = model.config().vit.num_hidden_layers + model.config().backbone.num_layers;
    assert_eq!(seen.iter().map(|p| p.done).collect::<Vec<_>>(), (0..=layers as u64 + 1).collect::<Vec<_>>());
    assert!(seen.iter().all(|p| p.total == layers as u64 + 1));

    let (cancel, last) = (CancelToken::new(), Mutex::new(0));
    let sink = |p: Progress| {
        *last.lock().unwrap() = p.done;
        if 2 * p.done > p.total {
            cancel.cancel();
        }
    };
    assert!(model.scene_codes(&[picture.clone(), picture], &Monitor::new(&cancel, &sink)).is_err());
    // Within the second picture, and a step later at most.
    assert!((500..700).contains(&*last.lock().unwrap()));
}
