"""What the commands do; hotline.cli names them."""
