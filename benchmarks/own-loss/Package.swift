// swift-tools-version: 6.2
import PackageDescription

let recallBench = Target.Dependency.product(name: "RecallBench", package: "RecallBench")

let package = Package(
  name: "OwnLoss",
  dependencies: [
    // Elsewhere the path of a checkout, or `.package(url: ".../RecallBench", branch: "main")`: the last
    // part of the address is the package's name.
    .package(name: "RecallBench", path: "../..")
  ],
  targets: [
    .target(name: "OwnLosses", dependencies: [recallBench]),
    .executableTarget(name: "own-loss", dependencies: ["OwnLosses", recallBench]),
    .testTarget(name: "OwnLossesTests", dependencies: ["OwnLosses", recallBench]),
  ]
)
