# Bars of peer.tsv: how RecallBench compares with PyTorch on one kind of machine, and the goals. Made by
# peer.py, which gives `kind`, the title.
set encoding utf8
# Before any range is set, which would hide points from it.
array most[4]
rows = 0
do for [panel = 0:3] {
  stats 'peer.tsv' index panel using ($2 > $3 ? $2 : $3) name 'panel' nooutput
  most[panel + 1] = panel_max
  rows = panel_records > rows ? panel_records : rows
}
height = 150 + 33 * rows
draw = 'set multiplot layout 1,4 margins 0.14,0.99,'.sprintf('%g', 75.0 / height).','.sprintf('%g', 1 - 75.0 / height).' spacing 0.125,0'
set style fill solid 0.9 noborder
set yrange [rows - 0.3:-0.7] noreverse
set ytics out scale 0 font ',11'
set xtics out nomirror
set grid xtics lc rgb '#dddddd' lt 1
set border 3 lc rgb '#666666'
set key noautotitle
# 1: met, 0: not met, 2: without a goal.
color(met) = met > 1.5 ? 0x8fa3b0 : met > 0.5 ? 0x2b7bba : 0xd9822b

do for [form in 'png svg'] {
  if (form eq 'png') {
    set terminal pngcairo size 2000,height noenhanced font 'sans-serif,12' background rgb 'white'
  } else {
    set terminal svg size 2000,height noenhanced font 'sans-serif,12' background rgb 'white'
  }
  set output 'peer.'.form
  @draw
  set label 1 'black line: the goal; blue: met; orange: not met; gray: without a goal; R18: ResNet-18; 1/4: a quarter of the width; two: two runs at once, one thread each; load: another process on each core' \
    at screen 0.5,screen 22.0 / height center font ',11'
  set label 2 kind at screen 0.5,screen 1 - 22.0 / height center font ',13'
  do for [panel = 0:3] {
    if (panel == 0) { set title 'Training: times as fast as PyTorch' }
    if (panel == 1) { set title 'Evaluation, and from 1 to 2 threads: times as fast' }
    if (panel == 2) { set title 'Losses: times as fast as PyTorch' }
    if (panel == 3) { set title 'Peak memory: share of PyTorch''s' }
    # Room for the numbers at the right.
    right = 1.27 * most[panel + 1]
    right = right > 0 ? right : 1
    set xrange [0:right]
    if (panel == 1) {
      unset label 1
      unset label 2
    }
    plot 'peer.tsv' index panel using ($2 / 2):0:(0):2:($0 - 0.36):($0 + 0.36):(color($4)):ytic(1) \
           with boxxyerror lc rgb variable, \
         '' index panel using ($3 > 0 ? $3 : 1 / 0):($0 - 0.45):(0):(0.9) with vectors nohead lw 3 lc rgb '#222222', \
         '' index panel using (right):0:(sprintf('%.2f', $2)) with labels right font ',11'
  }
  unset multiplot
  unset output
}
