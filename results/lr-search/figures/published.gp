# Minority classes: the paper's figures and ours, lr-search. Run in this folder: gnuplot published.gp
set encoding utf8
do for [format in 'png svg'] {
if (format eq 'png') {
set terminal pngcairo size 1600,772 noenhanced fontscale 0.75 font 'sans-serif,22' background rgb 'white'
} else {
set terminal svg size 1600,772 noenhanced font 'sans-serif,22' background rgb 'white'
}
set output 'published.'.format
set multiplot
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set label 1 'Minority classes: the paper''s figures and ours, lr-search' at screen 0.5,0.95855 center font 'sans-serif,26'
set label 2 'SYNTHIA: the paper''s Table II, averages as printed; ours: mean of traffic sign, pedestrian, bicycle, car, traffic light. [C] Rendered stand-in for SYNTHIA, not the real data (renderer' at screen 0.01250,0.11088 left font 'sans-serif,16' tc rgb '#333333'
set label 3 'seed 1, 480/64/136 training/validation/test images of 256x128); input 128x64; DeepLabV3 ResNet-18 at width multiplier 0.25; 300 iterations of batch 6; Adam 0.003; seed 1; evaluated on 128' at screen 0.01250,0.08238 left font 'sans-serif,16' tc rgb '#333333'
set label 4 'images of the test split; weights after the last iteration; images: drawn by RecallBench''s own renderer.' at screen 0.01250,0.05389 left font 'sans-serif,16' tc rgb '#333333'
set label 5 'Of each loss the learning rate that scores best on the validation split. Dashed: level of focal. Pale line: Pareto front. Axes differ between left and right.' at screen 0.01250,0.02539 left font 'sans-serif,16' tc rgb '#333333'
set lmargin at screen 0.06875
set rmargin at screen 0.47500
set bmargin at screen 0.25907
set tmargin at screen 0.86010
set title 'paper, Table II: SYNTHIA, ResNet-18' offset 0,-0.3
set xlabel 'average IoU of the minority (%)' offset 0,0.2
set ylabel 'average accuracy of the minority (%)'
set xrange [40.3734:63.3166]
set yrange [57.7692:100.0000]
set arrow from 58.0900,graph 0 to 58.0900,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 66.6500 to graph 1,first 66.6500 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from 43.4100,95.6000 to 60.2800,84.0900 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce' at screen 0.37310,0.34120 center front tc rgb '#000000'
set label 'soft_iou' at screen 0.42937,0.55750 center front tc rgb '#A06E00'
set label 'balanced_ce' at screen 0.18092,0.79748 center front tc rgb '#1F77AC'
set label 'focal' at screen 0.40818,0.43101 center front tc rgb '#007455'
set label 'recall' at screen 0.43475,0.67007 center front tc rgb '#B04E00'
plot 'published.dat' index 0 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'published.dat' index 2 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'published.dat' index 4 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'published.dat' index 6 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'published.dat' index 8 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
unset label
set lmargin at screen 0.56875
set rmargin at screen 0.97500
set bmargin at screen 0.25907
set tmargin at screen 0.86010
set title 'ours: SYNTHIA (rendered stand-in), ResNet-18' offset 0,-0.3
set xlabel 'average IoU of the minority (%)' offset 0,0.2
set ylabel 'average accuracy of the minority (%)'
set xrange [1.2651:12.6535]
set yrange [0.0000:65.6877]
set arrow from 9.3235,graph 0 to 9.3235,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 13.6940 to graph 1,first 13.6940 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from 10.6462,56.5255 to 11.1462,17.6840 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce' at screen 0.88047,0.36561 center front tc rgb '#000000'
set label 'soft_iou' at screen 0.66772,0.31053 center front tc rgb '#A06E00'
set label 'balanced_ce' at screen 0.84499,0.77627 center front tc rgb '#1F77AC'
set label 'focal' at screen 0.88194,0.42992 center front tc rgb '#007455'
set label 'recall' at screen 0.93475,0.45728 center front tc rgb '#B04E00'
plot 'published.dat' index 10 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'published.dat' index 12 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'published.dat' index 14 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'published.dat' index 16 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'published.dat' index 18 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
unset multiplot
unset output
}
