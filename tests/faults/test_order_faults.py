"""First."""

from tests.faults.floor import Floor
from app.domain.order import OrderState


async def test_first(floor: Floor) -> None:
    order = await floor.place()
    assert order.state is OrderState.ACCEPTED
    await floor.pass_(0.5)
    assert floor.state(order.ref) is OrderState.OPEN
    await floor.pass_(330, 5)
