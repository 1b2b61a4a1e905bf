import Scenes
import Testing

@Test(arguments: [(1, 1, 1), (56, 8, 16), (120, 16, 32), (4400, 624, 1272)])
func framesPerViewGiveTheImagesAskedForAndNoMoreThanNeeded(asked: (Int, Int, Int)) {
  func images(_ n: Int) -> (Int, Int, Int) {
    let (train, validation) = (Int(0.7 * Double(n)) * 8, Int(0.1 * Double(n)) * 8)
    return (train, validation, 8 * n - train - validation)
  }
  let n = StreetScenes.framesPerView(train: asked.0, validation: asked.1, test: asked.2)
  let enough = images(n)
  #expect(enough.0 >= asked.0 && enough.1 >= asked.1 && enough.2 >= asked.2)
  let fewer = images(n - 1)
  #expect(fewer.0 < asked.0 || fewer.1 < asked.1 || fewer.2 < asked.2)
}
