# Step time and peak memory against area, batch and width, from growth.tsv, on logarithmic axes.
# Made by `recallbench-speed growth`; a straight line at 45 degrees is linear growth.
set encoding utf8
set datafile separator '\t'
set logscale xy
set key top left samplen 2
set border 3 lc rgb '#666666'
set tics out nomirror
set grid lc rgb '#dddddd' lt 1
set style line 1 lc rgb '#2b7bba' lw 2 pt 7 ps 0.8
set style line 2 lc rgb '#999999' lw 1.5 dt 2
set style line 3 lc rgb '#d9822b' lw 1.5 dt 3
label(panel) = panel == 0 ? 'pixels an image (batch 2, width 1/4)' \
  : panel == 1 ? 'batch (64 x 128, width 1/4)' : 'width (batch 2, 64 x 128)'

# The last point of each part: the reference lines go through it.
array first[3]; array last[3]; array slowest[3]; array fullest[3]
do for [panel = 0:2] {
  stats 'growth.tsv' index panel using 2 nooutput
  last[panel + 1] = STATS_max
  first[panel + 1] = STATS_min
  stats 'growth.tsv' index panel using 3 nooutput
  slowest[panel + 1] = STATS_max
  stats 'growth.tsv' index panel using ($6 / 2**20) nooutput
  fullest[panel + 1] = STATS_max
}

do for [kind in 'png svg'] {
  if (kind eq 'png') {
    set terminal pngcairo size 1500,800 noenhanced font 'sans-serif,12' background rgb 'white'
  } else {
    set terminal svg size 1500,800 noenhanced font 'sans-serif,12' background rgb 'white'
  }
  set output 'growth.'.kind
  set multiplot layout 2,3 margins 0.07,0.985,0.09,0.95 spacing 0.075,0.13 \
    title 'ResNet-18, a training step'
  do for [row = 0:1] {
    do for [panel = 0:2] {
      set xlabel label(panel)
      set ylabel row == 0 ? 'ms' : 'peak MiB'
      set xrange [first[panel + 1] / 1.15:last[panel + 1] * 1.15]
      # Widths are few and no powers of ten.
      if (panel == 2) {
        set xtics ('1/16' 0.0625, '1/8' 0.125, '1/4' 0.25, '1/2' 0.5, '1' 1)
      } else {
        if (panel == 1) { set xtics (1, 2, 4, 8, 16, 32) } else { set xtics autofreq }
      }
      if (row == 0) {
        end = slowest[panel + 1]
        plot 'growth.tsv' index panel using 2:3 with linespoints ls 1 title 'measured', \
          end * x / last[panel + 1] with lines ls 2 title 'linear', \
          panel == 2 ? end * (x / last[3])**2 : NaN with lines ls 3 \
            title panel == 2 ? 'quadratic, as the operations' : ''
      } else {
        end = fullest[panel + 1]
        plot 'growth.tsv' index panel using 2:($6 / 2**20) with linespoints ls 1 title 'measured', \
          end * x / last[panel + 1] with lines ls 2 title 'linear'
      }
    }
  }
  unset multiplot
  unset output
}
