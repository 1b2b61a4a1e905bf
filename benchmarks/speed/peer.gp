# Bars of peer.tsv: how RecallBench compares with PyTorch, and the goals. Made by peer.py.
set encoding utf8
# Before any range is set, which would hide points from it.
do for [panel = 0:2] {
  stats 'peer.tsv' index panel using ($2 > $3 ? $2 : $3) name sprintf('panel%d', panel) nooutput
}
draw = 'set multiplot layout 1,3 margins 0.15,0.985,0.12,0.93 spacing 0.175,0'
set style fill solid 0.9 noborder
set yrange [14.7:-0.7] noreverse
set ytics out scale 0 font ',11'
set xtics out nomirror
set grid xtics lc rgb '#dddddd' lt 1
set border 3 lc rgb '#666666'
set key noautotitle
color(met) = met > 0.5 ? 0x2b7bba : 0xd9822b

do for [kind in 'png svg'] {
  if (kind eq 'png') {
    set terminal pngcairo size 1900,680 noenhanced font 'sans-serif,12' background rgb 'white'
  } else {
    set terminal svg size 1900,680 noenhanced font 'sans-serif,12' background rgb 'white'
  }
  set output 'peer.'.kind
  @draw
  set label 1 'black line: the goal; blue: met; orange: not met; 1/4: a quarter of the width' \
    at screen 0.5,0.03 center font ',11'
  do for [panel = 0:2] {
    if (panel == 0) { set title 'Networks: times as fast as PyTorch' }
    if (panel == 1) { set title 'Losses, and from 1 to 2 threads: times as fast' }
    if (panel == 2) { set title 'Peak memory: share of PyTorch''s' }
    # Room for the numbers at the right.
    right = 1.17 * value(sprintf('panel%d_max', panel))
    set xrange [0:right]
    if (panel == 1) { unset label 1 }
    plot 'peer.tsv' index panel using ($2 / 2):0:(0):2:($0 - 0.36):($0 + 0.36):(color($4)):ytic(1) \
           with boxxyerror lc rgb variable, \
         '' index panel using 3:($0 - 0.45):(0):(0.9) with vectors nohead lw 3 lc rgb '#222222', \
         '' index panel using (right):0:(sprintf('%.2f', $2)) with labels right font ',11'
  }
  unset multiplot
  unset output
}
