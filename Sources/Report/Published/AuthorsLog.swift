/// The TensorBoard logs of the authors' DeepLab with ResNet-101 on SYNTHIA-SEQS-05, trained on four
/// conditions and validated on Summer, percent, over 14 classes (void counts as one). From the
/// history of their earlier repository UNO-IC (February 2020); the same figures are in
/// `results/authors-resnet101-log.csv`.
package struct AuthorsLog: Sendable {
  /// What a class's weight is; `none` is plain cross-entropy.
  package let weighting: String
  /// The loss's name in RecallBench.
  package let base: String
  package let iterations: [Int]
  package let pixelAccuracy: [Double]
  package let meanAccuracy: [Double]
  package let meanIoU: [Double]
  /// By the name of the class in our table, or `void`.
  package let iou: [String: [Double]]
}

extension AuthorsLog {
  /// The factor of `max/frequency` and `median/frequency` cancels in the loss's quotient: they are
  /// one setting, run twice.
  package static let all = [
    AuthorsLog(
      weighting: "none", base: "ce",
      iterations: [50_000, 100_000, 150_000, 200_000, 300_000, 400_000, 500_000],
      pixelAccuracy: [97.898, 98.08, 98.133, 98.168, 98.226, 98.252, 98.269],
      meanAccuracy: [87.453, 87.677, 87.934, 88.055, 88.179, 88.322, 88.582],
      meanIoU: [82.811, 83.649, 83.883, 84.029, 84.364, 84.489, 84.662],
      iou: [
        "void": [93.871, 94.462, 94.629, 94.691, 94.888, 94.989, 95.049],
        "sky": [97.747, 97.891, 97.935, 97.955, 98.008, 98.025, 98.043],
        "building": [97.346, 97.621, 97.705, 97.749, 97.83, 97.864, 97.894],
        "road": [97.547, 97.698, 97.731, 97.783, 97.833, 97.862, 97.872],
        "sidewalk": [96.806, 97.246, 97.391, 97.434, 97.608, 97.646, 97.674],
        "fence": [98.732, 98.888, 98.934, 98.978, 99.035, 99.057, 99.084],
        "vegetation": [84.694, 85.999, 86.431, 86.67, 87.095, 87.292, 87.406],
        "pole": [71.081, 73.117, 73.687, 74.236, 74.731, 75.011, 75.317],
        "car": [98.017, 98.24, 98.264, 98.362, 98.445, 98.494, 98.507],
        "traffic sign": [78.967, 81.193, 81.873, 82.211, 82.84, 83.187, 83.409],
        "pedestrian": [74.123, 75.951, 76.575, 76.92, 77.491, 77.749, 78.05],
        "bicycle": [10.216, 9.872, 9.501, 9.102, 10.164, 10.159, 11.149],
        "lane marking": [83.872, 84.609, 84.787, 85.11, 85.276, 85.452, 85.534],
        "traffic light": [76.328, 78.294, 78.922, 79.2, 79.85, 80.065, 80.28],
      ]),
    AuthorsLog(
      weighting: "max/frequency", base: "weighted_ce",
      iterations: [50_000, 100_000, 150_000, 200_000, 300_000, 400_000, 500_000],
      pixelAccuracy: [95.647, 96.077, 96.314, 96.416, 96.54, 96.676, 96.709],
      meanAccuracy: [97.453, 97.739, 97.854, 97.924, 97.978, 98.013, 98.039],
      meanIoU: [72.353, 74.093, 75.306, 75.677, 76.328, 77.094, 77.242],
      iou: [
        "void": [91.389, 92.114, 92.576, 92.625, 92.945, 93.192, 93.083],
        "sky": [96.689, 96.92, 96.873, 97.02, 96.987, 97.118, 97.152],
        "building": [93.148, 93.996, 94.364, 94.544, 94.822, 95.021, 95.062],
        "road": [95.433, 95.65, 96.01, 96.009, 96.103, 96.231, 96.262],
        "sidewalk": [94.806, 95.418, 95.763, 95.976, 96.227, 96.324, 96.283],
        "fence": [98.11, 98.417, 98.439, 98.61, 98.614, 98.605, 98.691],
        "vegetation": [77.506, 79.343, 79.753, 80.332, 80.703, 81.485, 81.737],
        "pole": [49.444, 53.034, 54.168, 55.707, 56.586, 57.305, 57.611],
        "car": [96.71, 97.367, 97.402, 97.522, 97.744, 97.836, 97.866],
        "traffic sign": [46.763, 52.565, 56.486, 57.251, 59.62, 60.766, 60.508],
        "pedestrian": [48.43, 52.119, 55.492, 54.874, 57.828, 59.758, 60.427],
        "bicycle": [7.09, 9.982, 10.444, 11.363, 11.691, 13.437, 13.135],
        "lane marking": [75.717, 76.133, 77.847, 77.87, 78.032, 78.573, 78.786],
        "traffic light": [41.709, 44.238, 48.669, 49.778, 50.692, 53.663, 54.793],
      ]),
    AuthorsLog(
      weighting: "median/frequency", base: "weighted_ce",
      iterations: [50_000, 100_000, 150_000],
      pixelAccuracy: [95.547, 96.091, 96.304],
      meanAccuracy: [97.455, 97.744, 97.852],
      meanIoU: [72.073, 74.279, 75.351],
      iou: [
        "void": [91.287, 92.167, 92.442],
        "sky": [96.59, 96.837, 96.952],
        "building": [92.883, 93.94, 94.289],
        "road": [95.382, 95.777, 95.983],
        "sidewalk": [94.698, 95.496, 95.866],
        "fence": [98.141, 98.387, 98.481],
        "vegetation": [76.895, 78.997, 79.978],
        "pole": [49.482, 52.935, 53.954],
        "car": [96.943, 97.394, 97.51],
        "traffic sign": [45.892, 54.05, 56.062],
        "pedestrian": [47.523, 52.857, 55.563],
        "bicycle": [7.371, 10.128, 11.453],
        "lane marking": [75.258, 76.703, 77.557],
        "traffic light": [40.681, 44.232, 48.822],
      ]),
  ]

  static let reruns = (all[1], all[2])
}
