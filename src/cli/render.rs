//! R
/// Args
#[derive(clap::Args)]
#[command(after_help = "Examples:")]
pub struct RenderArgs {}
/// R
/// # Errors
/// R
pub fn run(_: &RenderArgs, _: &super::console::Console) -> Result<(), super::failure::Failure> { Ok(()) }
