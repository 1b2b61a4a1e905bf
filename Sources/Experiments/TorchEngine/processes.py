"""Processes that train one network together, each on a part of every batch."""

import torch
from torch import distributed, nn

import network
from bundle import UserError


class Processes:
    """The processes that train one network together, as one of them sees them; usually one alone.
    All of them make the same calls in the same order."""

    def __init__(self, rank: int = 0, count: int = 1):
        self.rank, self.count = rank, count

    @classmethod
    def joined(cls, device: str):
        """Those that torchrun has started, after they have found each other."""
        is_gpu = device != "cpu"
        if is_gpu:
            torch.cuda.set_device(device)
        distributed.init_process_group("nccl" if is_gpu else "gloo")
        return cls(distributed.get_rank(), distributed.get_world_size())

    def leave(self) -> None:
        """Parts from the others."""
        if distributed.is_initialized():
            distributed.destroy_process_group()

    @property
    def is_first(self) -> bool:
        """Whether this one reports and writes files."""
        return self.rank == 0

    def part(self, batch: int) -> range:
        """The places of this process's images in a batch of so many.

        Raises `UserError` unless the processes can share it equally."""
        if batch % self.count:
            fitting = ", ".join(str(n) for n in range(1, batch + 1) if batch % n == 0)
            raise UserError(f"a batch of {batch} images cannot be shared equally by {self.count} "
                           f"processes; start one of {fitting}")
        return range(self.rank * batch // self.count, (self.rank + 1) * batch // self.count)

    def gathered(self, value) -> list:
        """What the processes have, in their order."""
        if self.count == 1:
            return [value]
        values = [None] * self.count
        distributed.all_gather_object(values, value)
        return values

    def any(self, flag: bool) -> bool:
        """Whether the flag is set in one of the processes."""
        return any(self.gathered(flag))

    def joined_batch(self, part: torch.Tensor) -> torch.Tensor:
        """The processes' tensors of one shape, one after the other along the first dimension."""
        if self.count == 1:
            return part
        part = part.contiguous()
        parts = [torch.empty_like(part) for _ in range(self.count)]
        distributed.all_gather(parts, part)
        return torch.cat(parts)

    def joined_labels(self, part: torch.Tensor) -> torch.Tensor:
        """The same for labels, which travel as bytes."""
        if self.count == 1:
            return part
        return self.joined_batch(part.to(torch.uint8)).to(part.dtype)

    def agreed(self, body):
        """What `body` returns, if it does so in every process.

        Raises in all of them what the first one that failed has raised."""
        if self.count == 1:
            return body()
        value = failure = None
        try:
            value = body()
        except Exception as error:
            failure = error
        texts = self.gathered(None if failure is None else str(failure))
        first = next((text for text in texts if text is not None), None)
        if first is None:
            return value
        raise failure or UserError(first)

    def share(self, module: nn.Module) -> None:
        """Gives all processes the first one's parameters and buffers."""
        if self.count > 1:
            for tensor in network.weights(module).values():
                distributed.broadcast(tensor, 0)
