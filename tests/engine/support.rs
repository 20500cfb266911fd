//! Files of recorded vectors: `weights.<name>`, `in.<name>`, `out.<name>`, and the sizes as JSON.

use std::path::PathBuf;
use std::sync::LazyLock;

use burn::tensor::{DType, TensorData};
use orfeas::engine::device::find;
use orfeas::engine::weights::{LoadOptions, Precision, WeightFile, Weights, load};
use orfeas::engine::{Device, Tensor};

/// Where the vectors are.
pub fn golden() -> PathBuf {
    std::env::var_os("ORFEAS_GOLDEN")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/golden"), PathBuf::from)
}

/// Whether the vectors are others than those that come with the tests: where a test judges what the reference
/// itself leaves open, it is as strict as these allow and no stricter with others.
pub fn are_others() -> bool {
    std::env::var_os("ORFEAS_GOLDEN").is_some()
}

/// The device that the tests run on: the processor, or the one that `ORFEAS_TEST_DEVICE` names (`vulkan:0`).
pub fn device() -> Device {
    static DEVICE: LazyLock<Device> = LazyLock::new(|| match std::env::var("ORFEAS_TEST_DEVICE") {
        Ok(name) => find(name.parse().unwrap()).unwrap().open().unwrap(),
        Err(_) => Device::Flex(Default::default()),
    });
    DEVICE.clone()
}

/// One file of vectors.
pub struct Vectors {
    file: WeightFile,
    name: &'static str,
    /// The file with its weights where it has none itself.
    weights: Option<SharedWeights>,
}

/// Weights that stand in another file, because they are the same there.
struct SharedWeights {
    file: WeightFile,
    /// What their names would start with here, and start with there.
    prefixes: [String; 2],
}

impl SharedWeights {
    fn of(file: &WeightFile) -> Option<Self> {
        let place: serde_json::Value = serde_json::from_str(file.metadata().get("weights_of")?).unwrap();
        let text = |name: &str| place[name].as_str().unwrap().to_owned();
        let path = golden().join(format!("{}.safetensors", text("file")));
        Some(Self { file: WeightFile::open(&path).unwrap(), prefixes: [text("here"), text("there")] })
    }
}

impl Vectors {
    /// Opens `hunyuan3d21/dit` and the like. Says that the test is skipped if the file is not there:
    /// the big ones are not in the repository.
    pub fn open(name: &'static str) -> Option<Self> {
        let path = golden().join(format!("{name}.safetensors"));
        if !path.exists() {
            eprintln!("skipped: no {}; name a folder that has it by ORFEAS_GOLDEN", path.display());
            return None;
        }
        let file = WeightFile::open(&path).unwrap();
        Some(Self { weights: SharedWeights::of(&file), file, name })
    }

    /// The constructor arguments of what was recorded.
    pub fn config(&self) -> serde_json::Value {
        serde_json::from_str(&self.file.metadata()["config"]).unwrap()
    }

    /// One part of [`Self::config`] as a configuration.
    pub fn config_of<T: serde::de::DeserializeOwned>(&self, part: Option<&str>) -> T {
        let config = self.config();
        serde_json::from_value(part.map_or(config.clone(), |p| config[p].clone())).unwrap()
    }

    /// Whether there is a tensor `in.x` or `out.y`.
    pub fn has(&self, name: &str) -> bool {
        self.file.get(name).is_some()
    }

    /// Names that start with `start`, without it.
    pub fn names_below<'a>(&'a self, start: &'a str) -> impl Iterator<Item = &'a str> {
        self.file.names().filter_map(move |n| n.strip_prefix(start))
    }

    /// Shape of a tensor.
    pub fn shape(&self, name: &str) -> Vec<usize> {
        self.view(name).shape().to_vec()
    }

    fn view(&self, name: &str) -> orfeas::engine::weights::TensorView<'_> {
        self.file.get(name).unwrap_or_else(|| panic!("{} has no {name}", self.name))
    }

    /// Numbers of a tensor.
    pub fn floats(&self, name: &str) -> Vec<f32> {
        self.view(name).to_f32()
    }

    /// Whole numbers of a tensor.
    pub fn ints(&self, name: &str) -> Vec<i64> {
        self.view(name).to_i64()
    }

    /// A tensor on the test device.
    pub fn tensor<const D: usize>(&self, name: &str) -> Tensor<D> {
        let view = self.view(name);
        let data = TensorData::new(view.to_f32(), view.shape().to_vec());
        Tensor::from_data(data, (&device(), DType::F32))
    }

    /// A module from the weights under `weights.<prefix>`, strictly.
    pub fn module<M>(&self, prefix: &str, build: impl Fn(&Weights) -> M) -> M {
        self.module_in(Precision::F32, prefix, build)
    }

    /// The same in another number format.
    pub fn module_in<M>(&self, precision: Precision, prefix: &str, build: impl Fn(&Weights) -> M) -> M {
        let mut prefix = format!("weights.{prefix}");
        let mut file = &self.file;
        if let Some(shared) = &self.weights {
            let [here, there] = &shared.prefixes;
            prefix = format!("{there}{}", prefix.strip_prefix(here.as_str()).unwrap());
            file = &shared.file;
        }
        let options = LoadOptions { prefix: &prefix, precision, ..LoadOptions::new(device()) };
        load(file, &options, build).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Fails unless `actual` is `out.<name>` to within `tolerance`; says by how much it differs.
    #[track_caller]
    pub fn expect<const D: usize>(&self, name: &str, actual: &Tensor<D>, tolerance: f32) {
        let name = format!("out.{name}");
        assert_eq!(actual.dims().to_vec(), self.shape(&name), "{}: shape of {name}", self.name);
        self.expect_floats(&name, &actual.to_data().convert::<f32>().to_vec::<f32>().unwrap(), tolerance);
    }

    /// As [`Self::expect`] with plain numbers and the tensor's whole name.
    #[track_caller]
    pub fn expect_floats(&self, name: &str, actual: &[f32], tolerance: f32) {
        let expected = self.floats(name);
        assert_eq!(actual.len(), expected.len(), "{}: length of {name}", self.name);
        // The kernels' library multiplies in TF32 on NVIDIA cards, and has no switch for it.
        let is_rounded = std::env::var("ORFEAS_TEST_DEVICE").is_ok_and(|name| name.starts_with("cuda"));
        let largest = expected.iter().filter(|e| e.is_finite()).fold(0.0f32, |m, e| m.max(e.abs()));
        let tolerance = if is_rounded { tolerance.max(1e-2 * largest) } else { tolerance };
        let difference = |(i, (a, e)): (usize, (&f32, &f32))| {
            let same = a == e || (a.is_nan() && e.is_nan());
            (
                if same {
                    0.0
                } else if (a - e).is_nan() {
                    f32::INFINITY
                } else {
                    (a - e).abs()
                },
                i,
            )
        };
        let worst = actual.iter().zip(&expected).enumerate().map(difference);
        let (error, at) = worst.fold((0.0, 0), |w, d| if d.0 > w.0 { d } else { w });
        eprintln!("{}: {name} differs by {error:.2e} (tolerance {tolerance:.0e})", self.name);
        assert!(
            error <= tolerance,
            "{}: {name} differs by {error:e} at {at} ({} instead of {}); tolerance {tolerance:e}",
            self.name,
            actual[at],
            expected[at],
        );
    }
}
