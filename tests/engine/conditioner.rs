//! The conditioner.

use orfeas::engine::Tensor;
use orfeas::engine::models::hunyuan3d::conditioner::{Conditioner, view_embedding};
use orfeas::engine::models::hunyuan3d::config::ConditionerConfig;

use crate::support::{Vectors, device};

fn conditioner(v: &Vectors) -> Conditioner {
    let config: ConditionerConfig = v.config_of(None);
    config.check().unwrap();
    v.module("", |w| Conditioner::load(w, &config))
}

/// Every picture of the file through every stage.
fn check(name: &'static str) {
    let Some(v) = Vectors::open(name) else { return };
    let model = conditioner(&v);
    let pictures: Vec<&str> = v.names_below("in.image_").collect();
    assert!(!pictures.is_empty());
    for picture in pictures {
        let images = v.tensor(&format!("in.image_{picture}"));
        let pixels = model.pixel_values(images);
        v.expect(&format!("{picture}.pixel_values"), &pixels, 2e-5);
        v.expect(&format!("{picture}.embeddings"), &model.dino().embed(pixels), 1e-4);
        let mut each = |index: usize, x: &Tensor<3>| {
            v.expect(&format!("{picture}.layer{index}.out"), x, 1e-4);
            Ok(())
        };
        let main = model.forward(v.tensor(&format!("in.image_{picture}")), &mut each).unwrap();
        v.expect(&format!("{picture}.main"), &main, 1e-4);
    }
    // What rows without a context stand for in the denoiser.
    assert!(v.floats("out.uncond").iter().all(|number| *number == 0.0));
}

#[test]
fn pictures_become_the_tokens_of_the_reference() {
    check("hunyuan3d21/conditioner");
}

#[test]
fn pictures_become_the_tokens_of_the_reference_through_gated_layers() {
    check("hunyuan3d2/conditioner_swiglu");
}

#[test]
fn views_become_the_tokens_of_the_reference() {
    let Some(v) = Vectors::open("hunyuan3d2/conditioner_mv") else { return };
    let model = conditioner(&v);
    let views = model.config().view_num.unwrap();
    let all: Vec<usize> = (0..views).collect();
    let width = model.config().dino.hidden_size;
    v.expect("view_embed", &view_embedding(&all, width, &device()), 1e-6);
    let counts: Vec<&str> = v.names_below("in.images").collect();
    assert!(!counts.is_empty());
    for count in counts {
        let images: Tensor<5> = v.tensor(&format!("in.images{count}"));
        let given = images.dims()[1];
        let numbers = v.ints(&format!("in.view_idx{count}"));
        let numbers: Vec<usize> = numbers[..given].iter().map(|n| *n as usize).collect();
        let main = model.forward_views(images, &numbers, &mut |_, _| Ok(())).unwrap();
        v.expect(&format!("main{count}"), &main, 1e-4);
        assert!(v.floats(&format!("out.uncond{count}")).iter().all(|number| *number == 0.0));
    }
}
