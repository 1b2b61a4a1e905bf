import Metrics
import Tensors
import Testing

@Suite struct ConfusionMatrixTests {
  @Test func countsByTruthAndPredictionWithoutIgnoredPixels() throws {
    var matrix = ConfusionMatrix(classes: 3)
    try matrix.add(
      truth: [0, 0, 1, 255, 2, 2, 1] as [UInt8], prediction: [0, 1, 1, 2, 0, 2, 1] as [UInt8])
    #expect(matrix.counts == [1, 1, 0, 0, 2, 0, 1, 0, 1])
    try matrix.add(truth: [2] as [UInt8], prediction: [1] as [UInt8])
    #expect(matrix.counts == [1, 1, 0, 0, 2, 0, 1, 1, 1])
  }

  @Test func takesSlices() throws {
    let (truth, prediction): ([UInt8], [UInt8]) = ([9, 9, 1, 0], [1, 1, 9, 9])
    var matrix = ConfusionMatrix(classes: 2)
    try matrix.add(truth: truth[2...], prediction: prediction[..<2])
    #expect(matrix.counts == [0, 1, 0, 1])
  }

  @Test func anIgnoredPixelMayBePredictedAnyhow() throws {
    var matrix = ConfusionMatrix(classes: 2)
    try matrix.add(truth: [255, 255, 1] as [UInt8], prediction: [255, 77, 1] as [UInt8])
    #expect(matrix.counts == [0, 0, 0, 1])
  }

  @Test(
    arguments: [
      (
        [0, 2], [0, 0], .truth(id: 2, classes: 2),
        "a label has the class id 2, but there are only 2 classes"
      ),
      (
        [0, 1], [0, 254], .prediction(id: 254, classes: 2),
        "a prediction has the class id 254, but there are only 2 classes"
      ),
      (
        [0, 1], [0, 255], .prediction(id: 255, classes: 2),
        "a prediction has the class id 255, but there are only 2 classes"
      ),
      ([0, 1], [0], .extent(truth: 2, prediction: 1), "2 labeled pixels, but 1 predicted ones"),
    ] as [([UInt8], [UInt8], ConfusionMatrixError, String)])
  func badIdsAndLengthsAreErrorsThatChangeNothing(
    truth: [UInt8], prediction: [UInt8], error: ConfusionMatrixError, message: String
  ) throws {
    var matrix = ConfusionMatrix(classes: 2)
    try matrix.add(truth: [0] as [UInt8], prediction: [1] as [UInt8])
    let before = matrix
    #expect(throws: error) { try matrix.add(truth: truth, prediction: prediction) }
    #expect(error.description == message)
    #expect(matrix == before)
  }

  @Test func sumCountsBoth() {
    let a = ConfusionMatrix(classes: 2, counts: [1, 2, 3, 4])
    let b = ConfusionMatrix(classes: 2, counts: [10, 20, 30, 40])
    #expect((a + b).counts == [11, 22, 33, 44])
  }
}
