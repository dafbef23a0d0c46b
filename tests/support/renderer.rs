//! Draws what egui has laid out, on the CPU: the same bytes on every machine, with no graphics driver.
//!
//! Colors are blended as egui's own renderers do, premultiplied and in gamma space.

use std::collections::HashMap;

use egui::epaint::{ImageData, Mesh, Primitive, Vertex};
use egui::{Color32, Context, FullOutput, Rect, TextureFilter, TextureId, TexturesDelta};
use egui_kittest::TestRenderer;
use image::RgbaImage;

/// The renderer with the textures it was given.
#[derive(Default)]
pub struct Renderer {
    textures: HashMap<TextureId, Texture>,
}

struct Texture {
    width: usize,
    height: usize,
    pixels: Vec<Color32>,
    nearest: bool,
}

type Rgba = [f32; 4];

struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Rgba>,
}

impl TestRenderer for Renderer {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        for (id, changes) in delta.set.drain() {
            for change in changes {
                let ImageData::Color(image) = &change.image;
                let [width, height] = image.size;
                match (change.pos, self.textures.get_mut(&id)) {
                    (Some([x, y]), Some(texture)) => {
                        for line in 0..height {
                            let to = (y + line) * texture.width + x;
                            let from = &image.pixels[line * width..(line + 1) * width];
                            texture.pixels[to..to + width].copy_from_slice(from);
                        }
                    }
                    _ => {
                        let nearest = change.options.magnification == TextureFilter::Nearest;
                        let pixels = image.pixels.clone();
                        self.textures.insert(id, Texture { width, height, pixels, nearest });
                    }
                }
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    fn render(&mut self, ctx: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let scale = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * scale;
        let (width, height) = (size.x.round() as usize, size.y.round() as usize);
        let mut canvas = Canvas { width, height, pixels: vec![[0.0; 4]; width * height] };
        for part in ctx.tessellate(output.shapes.clone(), scale) {
            if let Primitive::Mesh(mesh) = part.primitive {
                let texture = self.textures.get(&mesh.texture_id).ok_or("a texture was never given")?;
                canvas.mesh(&mesh, texture, part.clip_rect * scale, scale);
            }
        }
        let bytes =
            canvas.pixels.iter().flatten().map(|part| (part.clamp(0.0, 1.0) * 255.0 + 0.5) as u8).collect();
        RgbaImage::from_raw(width as u32, height as u32, bytes).ok_or_else(|| "an empty picture".into())
    }
}

impl Canvas {
    fn mesh(&mut self, mesh: &Mesh, texture: &Texture, clip: Rect, scale: f32) {
        let inside = |at: f32, end: usize| (at.round().max(0.0) as usize).min(end);
        let across = inside(clip.min.x, self.width)..inside(clip.max.x, self.width);
        let down = inside(clip.min.y, self.height)..inside(clip.max.y, self.height);
        for corners in mesh.indices.as_chunks::<3>().0 {
            let corners = corners.map(|index| &mesh.vertices[index as usize]);
            self.triangle(corners, texture, &across, &down, scale);
        }
    }

    fn triangle(
        &mut self,
        corners: [&Vertex; 3],
        texture: &Texture,
        across: &std::ops::Range<usize>,
        down: &std::ops::Range<usize>,
        scale: f32,
    ) {
        let at = corners.map(|corner| [corner.pos.x * scale, corner.pos.y * scale]);
        let area = cross(at[0], at[1], at[2]);
        if area == 0.0 {
            return;
        }
        // A pixel on an edge belongs to the triangle of which it is the left or the upper edge, and to no other.
        let owns = [(1, 2), (2, 0), (0, 1)].map(|(from, to): (usize, usize)| {
            let way = if area > 0.0 { 1.0 } else { -1.0 };
            let (x, y) = ((at[to][0] - at[from][0]) * way, (at[to][1] - at[from][1]) * way);
            y < 0.0 || (y == 0.0 && x > 0.0)
        });
        let least =
            |axis: usize| at.iter().map(|at| at[axis]).fold(f32::MAX, f32::min).floor().max(0.0) as usize;
        let most =
            |axis: usize| at.iter().map(|at| at[axis]).fold(f32::MIN, f32::max).ceil().max(0.0) as usize;
        let tints = corners.map(|corner| parts(corner.color));
        for y in least(1).max(down.start)..most(1).min(down.end) {
            for x in least(0).max(across.start)..most(0).min(across.end) {
                let pixel = [x as f32 + 0.5, y as f32 + 0.5];
                let share = [
                    cross(at[1], at[2], pixel) / area,
                    cross(at[2], at[0], pixel) / area,
                    cross(at[0], at[1], pixel) / area,
                ];
                if share.iter().zip(owns).any(|(share, owns)| *share < 0.0 || (*share == 0.0 && !owns)) {
                    continue;
                }
                let mix = |of: [f32; 3]| of[0] * share[0] + of[1] * share[1] + of[2] * share[2];
                let texel = texture
                    .sample(mix(corners.map(|corner| corner.uv.x)), mix(corners.map(|corner| corner.uv.y)));
                let alpha = mix(tints.map(|tint| tint[3])) * texel[3];
                let under = &mut self.pixels[y * self.width + x];
                for part in 0..4 {
                    under[part] =
                        mix(tints.map(|tint| tint[part])) * texel[part] + under[part] * (1.0 - alpha);
                }
            }
        }
    }
}

impl Texture {
    fn texel(&self, x: i64, y: i64) -> Rgba {
        let inside = |at: i64, len: usize| at.clamp(0, len as i64 - 1) as usize;
        parts(self.pixels[inside(y, self.height) * self.width + inside(x, self.width)])
    }

    fn sample(&self, u: f32, v: f32) -> Rgba {
        let (x, y) = (u * self.width as f32 - 0.5, v * self.height as f32 - 0.5);
        if self.nearest {
            return self.texel(x.round() as i64, y.round() as i64);
        }
        let (left, top) = (x.floor() as i64, y.floor() as i64);
        let (right, low) = (x - x.floor(), y - y.floor());
        let near = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| self.texel(left + dx, top + dy));
        std::array::from_fn(|part| {
            let upper = near[0][part] * (1.0 - right) + near[1][part] * right;
            let lower = near[2][part] * (1.0 - right) + near[3][part] * right;
            upper * (1.0 - low) + lower * low
        })
    }
}

fn cross(a: [f32; 2], b: [f32; 2], c: [f32; 2]) -> f32 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

fn parts(color: Color32) -> Rgba {
    color.to_array().map(|part| f32::from(part) / 255.0)
}
